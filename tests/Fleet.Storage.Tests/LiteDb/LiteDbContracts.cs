using Fleet.Storage.Tests.Contract;

namespace Fleet.Storage.Tests.LiteDb;

// The LiteDB provider keeps to the contract.
public sealed class LiteDbAgents() : AgentContract(new LiteDbProvider());

public sealed class LiteDbOperators() : OperatorContract(new LiteDbProvider());

public sealed class LiteDbSmallStores() : SmallStoresContract(new LiteDbProvider());

public sealed class LiteDbJobs() : JobContract(new LiteDbProvider());

public sealed class LiteDbEvents() : EventContract(new LiteDbProvider());

public sealed class LiteDbEventModel() : EventModelContract(new LiteDbProvider());

public sealed class LiteDbRetention() : RetentionContract(new LiteDbProvider());

public sealed class LiteDbOddText() : OddTextContract(new LiteDbProvider());

public sealed class LiteDbScans() : ScanContract(new LiteDbProvider());

public sealed class LiteDbCrashes() : CrashContract(new LiteDbProvider());
