using Fleet.Controller.Identity;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Text;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Jobs;

/// <summary>Finds the job that an operator names.</summary>
internal static class JobFinder
{
    private const int LongestShown = 64;

    /// <summary>The job with this id, or with "last" the caller's newest.</summary>
    public static async Task<JobRecord> FindAsync(IJobStore jobs, string id, CallerIdentity.Operator caller, CancellationToken cancellationToken)
    {
        if (id == "last")
        {
            var newest = await jobs.ListAsync(new JobQuery { OperatorId = caller.Id, Limit = 1 }, cancellationToken);
            return newest.Jobs.Count > 0
                ? newest.Jobs[0]
                : throw new RpcException(new Status(StatusCode.NotFound, $"{caller.Name} has created no job yet"));
        }

        if (!JobId.TryParse(id, out _))
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"\"{OneLineText.Clean(id.Length <= LongestShown ? id : id[..LongestShown])}\" is not a job id: they read like 20261121-010203-7k3m, and \"last\" is your newest"));
        return await jobs.GetAsync(id, cancellationToken) ?? throw Unknown(id);
    }

    /// <summary>There is no such job.</summary>
    public static RpcException Unknown(string id) =>
        new(new Status(StatusCode.NotFound, $"job {id} not found; see 'fleet jobs list'"));
}
