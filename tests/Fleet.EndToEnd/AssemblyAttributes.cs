// Real processes wait more than they work.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
