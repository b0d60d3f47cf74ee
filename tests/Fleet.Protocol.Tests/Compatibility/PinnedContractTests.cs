using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Fleet.Protocol.Tests.Compatibility;

/// <summary>Agents live for years: what the contract once said it goes on saying.</summary>
public sealed class PinnedContractTests
{
    [Fact]
    public void What_was_in_the_contract_is_still_there_with_its_number_type_and_name()
    {
        var now = Now();
        var path = Repository.At("tests", "Fleet.Protocol.Tests", "Compatibility", "v1.desc");
        if (!File.Exists(path))
        {
            File.WriteAllBytes(path, now.ToByteArray());
            Assert.Fail($"{path} was missing and has been written: look at it, commit it, and run the tests again");
        }

        var pinned = Lines(FileDescriptorSet.Parser.ParseFrom(File.ReadAllBytes(path)));
        pinned.Count.ShouldBeGreaterThan(200);
        pinned.Except(Lines(now)).ShouldBeEmpty("the contract may only grow");
    }

    private static FileDescriptorSet Now()
    {
        var files = typeof(V1.Job).Assembly.GetTypes()
            .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
            .OfType<FileDescriptor>()
            .OrderBy(file => file.Name, StringComparer.Ordinal);
        return new FileDescriptorSet { File = { files.Select(file => file.ToProto()) } };
    }

    private static HashSet<string> Lines(FileDescriptorSet set)
    {
        var lines = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in set.File)
        {
            foreach (var message in file.MessageType)
                Add(lines, message, file.Package);
            foreach (var values in file.EnumType)
                Add(lines, values, file.Package);
            foreach (var (service, method) in file.Service.SelectMany(service => service.Method.Select(method => (service, method))))
                lines.Add($"rpc {file.Package}.{service.Name}/{method.Name} {method.InputType} {method.ClientStreaming} {method.OutputType} {method.ServerStreaming}");
        }

        return lines;
    }

    private static void Add(HashSet<string> lines, DescriptorProto message, string scope)
    {
        var name = $"{scope}.{message.Name}";
        foreach (var field in message.Field)
        {
            // That a field tells whether it was set ("optional") changes nothing on the wire: its oneof is made up by protoc.
            var oneof = field.HasOneofIndex && !field.Proto3Optional ? message.OneofDecl[field.OneofIndex].Name : "";
            lines.Add($"field {name} {field.Number} {field.Name} {field.Type} {field.Label} {field.TypeName} {oneof}");
        }

        foreach (var nested in message.NestedType)
            Add(lines, nested, name);
        foreach (var values in message.EnumType)
            Add(lines, values, name);
    }

    private static void Add(HashSet<string> lines, EnumDescriptorProto values, string scope)
    {
        foreach (var value in values.Value)
            lines.Add($"value {scope}.{values.Name} {value.Number} {value.Name}");
    }
}
