using Fleet.LogSearch.Searching;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Agent.Tailing;

/// <summary>A tail as it was asked for, checked.</summary>
/// <param name="Query">Which lines are wanted; a journal's fields stand with its source.</param>
/// <param name="Sources">Where.</param>
/// <param name="LastLines">Of each log, so many wanted lines from before now.</param>
internal sealed record CheckedTail(LogQuery Query, IReadOnlyList<V1.LogSource> Sources, int LastLines);
