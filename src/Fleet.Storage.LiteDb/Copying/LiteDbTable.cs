using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>A table of a copy as documents of a collection: which field holds which column.</summary>
internal sealed class LiteDbTable
{
    private const string FirstOfId = "@first";
    private const string LastOfId = "@last";
    private readonly (string Name, string Kind)[] fields;

    /// <param name="table">The table.</param>
    /// <param name="collection">The collection.</param>
    /// <param name="fields">
    /// One for each column, in order; numbers are long unless the name is followed by <c>:int</c> or <c>:bool</c>. <c>@first</c> and <c>@last</c>
    /// are the two numbers that the id is made of.
    /// </param>
    public LiteDbTable(StoreTable table, string collection, string fields)
    {
        (Table, Collection) = (table, collection);
        this.fields = [.. fields.Split(' ').Select(field => field.Split(':')).Select(parts => (parts[0], parts.ElementAtOrDefault(1) ?? ""))];
        if (this.fields.Length != table.Columns.Count)
            throw new ArgumentException($"{table.Name} has {table.Columns.Count} columns, and {this.fields.Length} fields are named", nameof(fields));
    }

    public StoreTable Table { get; }

    public string Collection { get; }

    /// <summary>Makes what is there for indexes, and the id where that is a hash.</summary>
    public Action<BsonDocument> Index { get; init; } = _ => { };

    /// <summary>Writes what else a document brings along: other documents, numbers of the store.</summary>
    public Action<Database, BsonDocument> Follow { get; init; } = (_, _) => { };

    /// <summary>Names of the fields that hold columns.</summary>
    public IEnumerable<string> FieldNames => fields.Select(it => it.Name.StartsWith('@') ? "_id" : it.Name);

    public object?[] Read(BsonDocument document)
    {
        var row = new object?[fields.Length];
        for (var i = 0; i < row.Length; i++)
            row[i] = Read(document, fields[i].Name, Table.Columns[i]);
        return row;
    }

    public void Insert(Database database, object?[] row)
    {
        var document = new BsonDocument();
        long? first = null;
        for (var i = 0; i < row.Length; i++)
        {
            switch (fields[i].Name)
            {
                case FirstOfId:
                    first = (long?)row[i];
                    break;
                case LastOfId:
                    document["_id"] = Key.Of(first!.Value, (long)row[i]!);
                    break;
                default:
                    document[fields[i].Name] = ToBson(row[i], fields[i].Kind);
                    break;
            }
        }

        Index(document);
        database.Insert(Collection, document);
        Follow(database, document);
    }

    private static object? Read(BsonDocument document, string field, StoreColumn column)
    {
        if (field == FirstOfId)
            return Key.First(document["_id"]);
        if (field == LastOfId)
            return Key.Last(document["_id"]);
        var value = document[field];
        if (value.IsNull)
            return column is { IsOptional: false, Kind: ColumnKind.Number } ? 0L : null; // a count that never began
        return column.Kind switch
        {
            ColumnKind.Text => value.AsString,
            ColumnKind.Bytes => value.AsBinary,
            _ => value.IsBoolean ? value.AsBoolean ? 1L : 0L : value.AsInt64,
        };
    }

    private static BsonValue ToBson(object? value, string kind) => value switch
    {
        null => BsonValue.Null,
        string text => text,
        byte[] bytes => bytes,
        long number => kind switch
        {
            "int" => checked((int)number),
            "bool" => number != 0,
            _ => number,
        },
        _ => throw new InvalidOperationException($"a row holds a {value.GetType().Name}"),
    };
}
