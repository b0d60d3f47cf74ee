using Fleet.Agent.Journal;

namespace Fleet.Agent.Identity;

/// <summary>Keeps an identity on the machine that it was made for. Held by whoever holds the state directory.</summary>
internal sealed class MachineBinding(StateDirectory state, string machine)
{
    private readonly EnrolmentFile _file = new(state.Path);

    /// <summary>Whether this agent may start here; where it may not, what to do. An identity from before there were bindings is bound here.</summary>
    /// <exception cref="InvalidDataException">The enrolment is damaged.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public bool TryBind(out string fault)
    {
        fault = "";
        if (machine.Length == 0 || _file.Read() is not { } enrolment || enrolment.Machine == machine)
            return true;
        if (enrolment.Machine.Length == 0)
        {
            _file.Write(enrolment with { Machine = machine });
            return true;
        }

        fault = $"this state directory ({state.Path}) was copied from another machine, where {enrolment.Name} may still run: "
            + "enroll this host anew with `fleet-agent enrol --force --controller HOST --token TOKEN`. "
            + "Where its disk was moved here on purpose, `fleet-agent accept-machine` keeps the identity";
        return false;
    }

    /// <summary>The disk was moved here: the identity belongs to this machine from now on. Null where there is none.</summary>
    public Enrolment? Accept()
    {
        if (_file.Read() is not { } enrolment)
            return null;
        if (enrolment.Machine != machine)
            _file.Write(enrolment with { Machine = machine });
        return enrolment;
    }
}
