using Fleet.Storage.Tests.Contract;

namespace Fleet.Storage.Tests.Sqlite;

// The SQLite provider keeps to the contract.
public sealed class SqliteAgents() : AgentContract(new SqliteProvider());

public sealed class SqliteOperators() : OperatorContract(new SqliteProvider());

public sealed class SqliteSmallStores() : SmallStoresContract(new SqliteProvider());

public sealed class SqliteJobs() : JobContract(new SqliteProvider());

public sealed class SqliteEvents() : EventContract(new SqliteProvider());

public sealed class SqliteEventModel() : EventModelContract(new SqliteProvider());

public sealed class SqliteRetention() : RetentionContract(new SqliteProvider());

public sealed class SqliteOddText() : OddTextContract(new SqliteProvider());

public sealed class SqliteScans() : ScanContract(new SqliteProvider());

public sealed class SqliteCrashes() : CrashContract(new SqliteProvider());
