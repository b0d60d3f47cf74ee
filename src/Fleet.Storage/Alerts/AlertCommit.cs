namespace Fleet.Storage;

/// <summary>What came of judging findings: written together, so that no finding counts twice or not at all.</summary>
/// <param name="EvaluatedUpTo">Findings up to this position have been judged; null: time alone changed something.</param>
/// <param name="Alerts">New and changed alerts.</param>
/// <param name="Deliveries">Messages that are to leave.</param>
public sealed record AlertCommit(long? EvaluatedUpTo, IReadOnlyList<AlertRecord> Alerts, IReadOnlyList<NewDelivery> Deliveries);

/// <summary>Where judging stands.</summary>
/// <param name="EvaluatedUpTo">Findings up to this position have been judged.</param>
/// <param name="Open">Alerts that are not resolved.</param>
/// <param name="Silences">Silences, expired ones too.</param>
public sealed record AlertProgress(long EvaluatedUpTo, IReadOnlyList<AlertRecord> Open, IReadOnlyList<SilenceRecord> Silences);
