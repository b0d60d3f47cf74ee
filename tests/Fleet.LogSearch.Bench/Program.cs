using Fleet.LogSearch.Bench;

return BenchCommand.Run(args);
