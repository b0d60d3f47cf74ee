using Fleet.Protocol.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Fleet.Cli.Tests.Terminal;

/// <summary>Messages in which every field that can carry a text carries the same one, by reflection: what is added to the protocol is filled, too.</summary>
/// <param name="text">The text.</param>
/// <param name="turn">Which field of each oneof, and which value of each enum: turn by turn all of them come up.</param>
internal sealed class FilledMessages(string text, int turn)
{
    /// <summary>Turns after which every case of every oneof has come up: none has more cases.</summary>
    public const int Turns = 8;

    private const int Deepest = 8;
    private const long SomeTimeMs = 1_796_000_000_000;

    public T Of<T>()
        where T : IMessage, new()
    {
        var message = new T();
        Fill(message, 0);
        return message;
    }

    public void Fill(IMessage message) => Fill(message, 0);

    private void Fill(IMessage message, int depth)
    {
        if (depth > Deepest)
            return;
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(IsTurn))
        {
            if (field.IsMap)
                FillMap((System.Collections.IDictionary)field.Accessor.GetValue(message), field, depth);
            else if (field.IsRepeated)
                FillList((System.Collections.IList)field.Accessor.GetValue(message), field, depth);
            else
                field.Accessor.SetValue(message, Value(field, depth));
        }
    }

    private bool IsTurn(FieldDescriptor field) =>
        field.RealContainingOneof is not { } oneof || oneof.Fields[turn % oneof.Fields.Count] == field;

    private void FillMap(System.Collections.IDictionary map, FieldDescriptor field, int depth)
    {
        var (key, value) = (field.MessageType.FindFieldByNumber(1), field.MessageType.FindFieldByNumber(2));
        map[Value(key, depth)] = Value(value, depth);
    }

    private void FillList(System.Collections.IList list, FieldDescriptor field, int depth)
    {
        list.Add(Value(field, depth));
        list.Add(Value(field, depth));
    }

    private object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        // A further page would be asked for for ever.
        FieldType.String => field.Name == "next_page_token" ? "" : text,
        FieldType.Bytes when field.Name == "spec" => Specification(depth),
        FieldType.Bytes => ByteString.CopyFromUtf8(text),
        FieldType.Message => Inner(field, depth),
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, field.EnumType.Values[turn % field.EnumType.Values.Count].Number),
        FieldType.Bool => turn % 2 == 0,
        FieldType.Double => 1.5,
        FieldType.Int32 => 1 + turn,
        FieldType.UInt32 => (uint)(1 + turn),
        FieldType.Int64 => field.Name.EndsWith("_us", StringComparison.Ordinal) ? SomeTimeMs * 1000 : SomeTimeMs,
        FieldType.UInt64 => (ulong)(1 + turn),
        var other => throw new NotSupportedException($"{field.FullName} is {other}"),
    };

    private IMessage Inner(FieldDescriptor field, int depth)
    {
        var message = (IMessage)Activator.CreateInstance(field.MessageType.ClrType)!;
        Fill(message, depth + 1);
        return message;
    }

    private ByteString Specification(int depth)
    {
        var spec = new TaskSpec();
        Fill(spec, depth + 1);
        return spec.ToByteString();
    }
}
