using System.Text;

namespace Fleet.Storage.Sqlite;

/// <summary>
/// What a query selects, as a condition: each filter that is there adds its own text, so that there are few statements and each uses its index.
/// </summary>
internal sealed class FindingFilter
{
    // A plus before a column keeps its index out: that order would have to be made anew, by sorting all that match, for each page.
    private const int FewAgents = 8;

    private readonly StringBuilder _sql = new("seq > ?");
    private readonly List<Action<Statement>> _values = [];

    public FindingFilter(FindingQuery query)
    {
        var isByTime = query.Order == FindingOrder.NewestFirst;
        _values.Add(row => row.With(query.AfterSeq));
        if (query.Scans.Count == 1)
            Add("scan = ?", row => row.With(query.Scans.First()));
        else if (query.Scans.Count > 1)
            AddList(isByTime ? "+scan IN" : "scan IN", query.Scans);
        if (query.AgentIds is { } agents)
            AddList(isByTime && agents.Count > FewAgents ? "+agent_id IN" : "agent_id IN", agents);
        if (query.Kind is { } kind)
            Add("kind = ?", row => row.With((int)kind));
        if (query.Since is { } since)
            Add("at >= ?", row => row.With(FindingRows.ToMicroseconds(since)));
        if (query.Until is { } until)
            Add("at <= ?", row => row.With(FindingRows.ToMicroseconds(until)));
        if (query.After is { } after)
            Add("(at, seq) < (?, ?)", row => row.With(FindingRows.ToMicroseconds(after.At)).With(after.Seq));
        if (query.MinSeverity > 0)
            AddUnlessGap("severity >= ?", row => row.With(query.MinSeverity));
        if (query.Patterns.Count > 0)
            AddUnlessGap("pattern IN (SELECT value FROM json_each(?))", row => row.With(TextList.Write(query.Patterns)));
        if (query.Text.Length > 0)
            AddUnlessGap("instr(lower(CAST(text AS TEXT)), lower(?)) > 0", row => row.With(query.Text));
    }

    /// <summary>The condition; its parameters stand in the order in which <see cref="Bind"/> gives them.</summary>
    public string Sql => _sql.ToString();

    /// <summary>Gives the statement, which begins with this condition, its values.</summary>
    public Statement Bind(Statement statement)
    {
        foreach (var value in _values)
            value(statement);
        return statement;
    }

    // Lists go in as JSON: one text of the statement, whatever their lengths.
    private void AddList(string condition, IReadOnlyCollection<string> texts) =>
        Add($"{condition} (SELECT value FROM json_each(?))", row => row.With(TextList.Write(texts)));

    private void AddUnlessGap(string condition, Action<Statement> value) => Add($"({condition} OR kind = {(int)FindingKind.Gap})", value);

    private void Add(string condition, Action<Statement> value)
    {
        _sql.Append(" AND ").Append(condition);
        _values.Add(value);
    }
}
