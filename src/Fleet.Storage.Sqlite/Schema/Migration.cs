namespace Fleet.Storage.Sqlite;

/// <summary>One step from a version of the schema to the next.</summary>
/// <param name="Version">The version it leads to; the first is 1.</param>
/// <param name="Name">What it is for, in a word or two.</param>
/// <param name="Sql">Statements, executed in one transaction. Once released they never change.</param>
internal sealed record Migration(int Version, string Name, string Sql);
