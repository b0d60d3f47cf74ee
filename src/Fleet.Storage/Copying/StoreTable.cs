namespace Fleet.Storage;

/// <summary>What a column of a store holds.</summary>
public enum ColumnKind
{
    /// <summary>A whole number; also times, states and yes or no (1 or 0).</summary>
    Number,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Bytes.</summary>
    Bytes,
}

/// <summary>A column of a <see cref="StoreTable"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it holds: <see cref="long"/>, <see cref="string"/> or an array of <see cref="byte"/>.</param>
/// <param name="IsOptional">Whether it may hold nothing.</param>
public sealed record StoreColumn(string Name, ColumnKind Kind, bool IsOptional);

/// <summary>Rows of one kind that every store keeps, whatever it is kept in: what a copy of a store is made of.</summary>
/// <remarks>A row is an array with one value for each column, null where there is none.</remarks>
public sealed class StoreTable
{
    /// <param name="name">Its name.</param>
    /// <param name="columns">Each as name and kind, such as <c>role number?</c>; the question mark makes it optional.</param>
    internal StoreTable(string name, params string[] columns)
    {
        Name = name;
        Columns = [.. columns.Select(Parse)];
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The values of a row, in order.</summary>
    public IReadOnlyList<StoreColumn> Columns { get; }

    private static StoreColumn Parse(string column)
    {
        var words = column.Split(' ');
        return new StoreColumn(words[0], Enum.Parse<ColumnKind>(words[1].TrimEnd('?'), ignoreCase: true), words[1].EndsWith('?'));
    }
}
