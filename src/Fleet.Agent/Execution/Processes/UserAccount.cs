using System.Globalization;
using System.Runtime.InteropServices;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Processes;

/// <summary>An entry of the host's user database.</summary>
internal sealed record UserAccount(string Name, uint UserId, uint GroupId, string Home, string Shell)
{
    private const int RangeError = 34;
    private const int MaxEntryBytes = 1 << 20;

    /// <summary>Looks a user up by name, or by number where no such name exists; null where there is none.</summary>
    internal static UserAccount? Find(string nameOrId) =>
        Look(nameOrId, id: null)
        ?? (uint.TryParse(nameOrId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Look(null, id) : null);

    /// <summary>The one that this process runs as; null where the host's database does not have it, as in some containers.</summary>
    internal static UserAccount? Own() => Look(null, Libc.EffectiveUser());

    private static unsafe UserAccount? Look(string? name, uint? id)
    {
        // struct passwd on LP64: name 0, password 8, uid 16, gid 20, gecos 24, home 32, shell 40.
        var entry = stackalloc byte[64];
        for (var capacity = 4096; capacity <= MaxEntryBytes; capacity *= 4)
        {
            var buffer = new byte[capacity];
            fixed (byte* text = buffer)
            {
                nint result = 0;
                var error = name is not null
                    ? Libc.FindUserByName(name, entry, text, capacity, &result)
                    : Libc.FindUserById(id!.Value, entry, text, capacity, &result);
                if (error == RangeError)
                    continue;
                return error != 0 || result == 0
                    ? null
                    : new UserAccount(
                        Text(entry, 0), *(uint*)(entry + 16), *(uint*)(entry + 20), Text(entry, 32), Text(entry, 40));
            }
        }

        return null;
    }

    private static unsafe string Text(byte* entry, int offset) => Marshal.PtrToStringUTF8(*(nint*)(entry + offset)) ?? "";
}
