using Fleet.Agent.Journal;

namespace Fleet.Agent.Identity;

/// <summary>Keeps an identity on the machine that it was made for. Held by whoever holds the state directory.</summary>
internal sealed class MachineBinding(StateDirectory state, string machine)
{
    private readonly EnrollmentFile _file = new(state.Path);

    /// <summary>Whether this agent may start here; where it may not, what to do. An identity from before there were bindings is bound here.</summary>
    /// <exception cref="InvalidDataException">The enrollment is damaged.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public bool TryBind(out string fault)
    {
        fault = "";
        if (machine.Length == 0 || _file.Read() is not { } enrollment || enrollment.Machine == machine)
            return true;
        if (enrollment.Machine.Length == 0)
        {
            _file.Write(enrollment with { Machine = machine });
            return true;
        }

        fault = $"this state directory ({state.Path}) was copied from another machine, where {enrollment.Name} may still run: "
            + "enroll this host again with `fleet-agent enroll --force --controller HOST --token TOKEN`. "
            + "Where its disk was moved here on purpose, `fleet-agent accept-machine` keeps the identity";
        return false;
    }

    /// <summary>The disk was moved here: the identity belongs to this machine from now on. Null where there is none.</summary>
    public Enrollment? Accept()
    {
        if (_file.Read() is not { } enrollment)
            return null;
        if (enrollment.Machine != machine)
            _file.Write(enrollment with { Machine = machine });
        return enrollment;
    }
}
