using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.Logging;

namespace Fleet.Vocabulary.Tests;

/// <summary>What the programs can say, read from what was built.</summary>
internal static class ProgramText
{
    private const BindingFlags All = BindingFlags.DeclaredOnly | BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    /// <summary>All assemblies of agent, controller and `fleet`.</summary>
    public static IReadOnlyList<Assembly> Assemblies { get; } =
    [
        .. Directory.GetFiles(AppContext.BaseDirectory, "*.dll")
            .Where(file => Path.GetFileName(file).StartsWith("fleet", StringComparison.OrdinalIgnoreCase) && !file.EndsWith(".Tests.dll", StringComparison.Ordinal))
            .Select(Assembly.LoadFrom).OrderBy(assembly => assembly.FullName, StringComparer.Ordinal),
    ];

    /// <summary>
    /// Every string literal: help texts, messages, names in JSON, keys of settings. Of an interpolated string each part between two values.
    /// </summary>
    public static IEnumerable<string> Literals(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        // Offset 0 is the empty string that every heap begins with.
        for (var at = MetadataTokens.UserStringHandle(1); !at.IsNil; at = metadata.GetNextHandle(at))
            yield return metadata.GetUserString(at);
    }

    /// <summary>Every name of a type: the compiler puts those of records into their ToString.</summary>
    public static IEnumerable<string> TypeNames(Assembly assembly) => assembly.GetTypes().Select(type => type.Name);

    /// <summary>Every template of a log line, with its event id.</summary>
    public static IEnumerable<(int Id, string Template)> LogTemplates(Assembly assembly) =>
        assembly.GetTypes().SelectMany(type => type.GetMethods(All)).Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>().Select(message => (message.EventId, message.Message));

    /// <summary>Every name of the contract: messages, fields, enums and their values, services and methods.</summary>
    public static IEnumerable<string> ContractNames(Assembly assembly)
    {
        var files = assembly.GetTypes().Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(type => type.GetProperty("Descriptor")?.GetValue(null)).OfType<FileDescriptor>();
        foreach (var file in files)
        {
            foreach (var name in file.MessageTypes.SelectMany(Names).Concat(file.EnumTypes.SelectMany(Names)))
                yield return name;
            foreach (var service in file.Services)
            {
                yield return service.FullName;
                foreach (var method in service.Methods)
                    yield return method.FullName;
            }
        }
    }

    private static IEnumerable<string> Names(MessageDescriptor message) =>
    [
        message.FullName, .. message.Fields.InDeclarationOrder().Select(field => field.FullName),
        .. message.NestedTypes.SelectMany(Names), .. message.EnumTypes.SelectMany(Names),
    ];

    private static IEnumerable<string> Names(EnumDescriptor kind) => [kind.FullName, .. kind.Values.Select(value => value.FullName)];
}
