using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Fleet.Storage.Sqlite;

/// <summary>Chooses the SQLite library, once a process: the host's own, which the host keeps patched, or else the bundled one.</summary>
internal static class NativeSqlite
{
    // Upserts with RETURNING; what the bundled library has at least.
    private const int OldestUsable = 3_035_000;

    private static readonly Lazy<bool> Once = new(Load);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Question();

    /// <summary>Makes the library usable; harmless when repeated.</summary>
    public static void Ensure() => _ = Once.Value;

    private static bool Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return true;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3" || !NativeLibrary.TryLoad("libsqlite3.so.0", out var library))
            return 0; // the runtime's own search, which finds the bundled one
        if (Ask(library, "sqlite3_libversion_number") >= OldestUsable && Ask(library, "sqlite3_threadsafe") != 0)
            return library;
        NativeLibrary.Free(library);
        return 0;
    }

    private static int Ask(nint library, string function) =>
        NativeLibrary.TryGetExport(library, function, out var address)
            ? Marshal.GetDelegateForFunctionPointer<Question>(address)()
            : 0;
}
