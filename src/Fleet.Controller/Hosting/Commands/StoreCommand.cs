using System.CommandLine;
using System.Globalization;
using Fleet.Controller.Backups;
using Fleet.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Controller.Hosting.Commands;

/// <summary><c>store copy</c>: all that a store holds, into a new store of the same kind or another.</summary>
internal static class StoreCommand
{
    private const int ShownDigits = 16;

    /// <summary>Makes <c>store</c>.</summary>
    public static Command Create(TextWriter output)
    {
        var from = Place("--from", "The store. Nothing in it is changed, and no controller may run on it.");
        var to = Place("--to", "The new store: a file that is not there yet.");
        var copy = new Command("copy", "Copy a store to a new store of the same or another kind, and compare both.") { from, to };
        copy.SetAction(async (parsed, cancellationToken) =>
        {
            var (source, target) = (Read("--from", parsed.GetValue(from)!), Read("--to", parsed.GetValue(to)!));
            if (source.Path == target.Path)
                throw new UsageException($"--to: {target.Path} is the store that is to be copied: name another file");
            if (!Directory.Exists(Path.GetDirectoryName(target.Path)))
                throw new UsageException($"--to: there is no directory {Path.GetDirectoryName(target.Path)}");
            var tables = await CopyAsync(source, target, parsed.InvocationConfiguration.Error, cancellationToken);
            await WriteAsync(output, source, target, tables);
            return 0;
        });
        return new Command("store", "Manage a store while no controller is running.") { copy };
    }

    private static Option<string> Place(string name, string meaning) => new(name) { Description = meaning, HelpName = "KIND:PATH", Required = true };

    private static StorePlace Read(string option, string text)
    {
        var colon = text.IndexOf(':');
        if (colon < 0 || colon == text.Length - 1 || StoreKinds.Read(text[..colon]) is not { } kind)
            throw new UsageException($"{option}: \"{text}\" names no store: give KIND:PATH with the kind {StoreKinds.Words}, such as {StoreKinds.FilesOf(default).Kind}:/var/lib/fleet-controller/{StoreKinds.FilesOf(default).FileName}");
        return new StorePlace(StoreKinds.FilesOf(kind), Path.GetFullPath(text[(colon + 1)..]));
    }

    private static async Task<IReadOnlyList<CopiedTable>> CopyAsync(StorePlace source, StorePlace target, TextWriter errors, CancellationToken cancellationToken)
    {
        var line = Console.IsErrorRedirected ? null : new CopyProgressLine(errors, TimeProvider.System);
        try
        {
            return await StoreCopy.RunAsync(source, target, TimeProvider.System, NullLogger.Instance, line, cancellationToken);
        }
        finally
        {
            line?.Clear();
            // Root may copy for the service's user, whose store it is: who may read the one may read the other, and lock both.
            if (File.Exists(source.Path))
                FileOwner.GiveFilesTo(source.Path, new[] { target.Path, target.Path + ".lock", source.Path + ".lock" }.Where(File.Exists));
        }
    }

    private static async Task WriteAsync(TextWriter output, StorePlace source, StorePlace target, IReadOnlyList<CopiedTable> tables)
    {
        var width = tables.Max(table => table.Table.Length);
        await output.WriteLineAsync($"{"TABLE".PadRight(width)}  {"ROWS",12}  DIGEST");
        foreach (var table in tables)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{table.Table.PadRight(width)}  {table.Rows,12:#,0}  {table.Digest[..ShownDigits]}"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{tables.Sum(table => table.Rows):#,0} rows of {source} are in {target}, read again and the same"));
    }
}
