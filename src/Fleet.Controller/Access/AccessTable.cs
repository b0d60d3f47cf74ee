namespace Fleet.Controller.Access;

/// <summary>Who may call what: the one table. A method that does not stand here is refused to everybody.</summary>
internal static class AccessTable
{
    private static readonly Dictionary<string, AccessRule> s_rules = new(StringComparer.Ordinal)
    {
        ["/fleet.v1.Enrollment/GetTrust"] = new(AccessLevel.Anyone),
        ["/fleet.v1.Enrollment/EnrollAgent"] = new(AccessLevel.Anyone),
        ["/fleet.v1.Enrollment/EnrollOperator"] = new(AccessLevel.Anyone),

        // One word, for load balancers; see HealthService for what bounds it.
        ["/grpc.health.v1.Health/Check"] = new(AccessLevel.Anyone),
        ["/grpc.health.v1.Health/Watch"] = new(AccessLevel.Anyone),

        ["/fleet.v1.AgentLink/Connect"] = new(AccessLevel.Agent),
        ["/fleet.v1.AgentLink/Leave"] = new(AccessLevel.Agent, IsAudited: true),

        ["/fleet.v1.Artifacts/FetchArtifact"] = new(AccessLevel.Agent),
        ["/fleet.v1.Artifacts/ListArtifacts"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Artifacts/PutArtifact"] = new(AccessLevel.Admin, IsAudited: true),
        ["/fleet.v1.Artifacts/RemoveArtifact"] = new(AccessLevel.Admin, IsAudited: true),

        ["/fleet.v1.Jobs/PreviewTarget"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Jobs/GetJob"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Jobs/ListJobs"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Jobs/ListTasks"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Jobs/WatchJob"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Jobs/CreateJob"] = new(AccessLevel.Operator, IsAudited: true),
        ["/fleet.v1.Jobs/CancelJob"] = new(AccessLevel.Operator, IsAudited: true),
        ["/fleet.v1.Jobs/RetryJob"] = new(AccessLevel.Operator, IsAudited: true),

        ["/fleet.v1.Agents/ListAgents"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Agents/GetAgent"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Agents/ExplainTarget"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Agents/SetLabels"] = new(AccessLevel.Operator, IsAudited: true),
        // Whoever clears a host decides which of two processes gets its tasks, and the secrets in them.
        ["/fleet.v1.Agents/ClearDuplicates"] = new(AccessLevel.Admin, IsAudited: true),
        ["/fleet.v1.Agents/RemoveAgents"] = new(AccessLevel.Admin, IsAudited: true),

        ["/fleet.v1.Tokens/ListTokens"] = new(AccessLevel.Admin),
        ["/fleet.v1.Tokens/CreateToken"] = new(AccessLevel.Admin, IsAudited: true),
        ["/fleet.v1.Tokens/RevokeToken"] = new(AccessLevel.Admin, IsAudited: true),

        ["/fleet.v1.Operators/WhoAmI"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Operators/RenewCertificate"] = new(AccessLevel.Viewer, IsAudited: true),
        ["/fleet.v1.Operators/ListOperators"] = new(AccessLevel.Admin),
        ["/fleet.v1.Operators/RevokeOperator"] = new(AccessLevel.Admin, IsAudited: true),

        ["/fleet.v1.Logs/Tail"] = new(AccessLevel.Operator, IsAudited: true),

        ["/fleet.v1.Scans/ListScans"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Scans/GetScan"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Scans/RunScan"] = new(AccessLevel.Operator, IsAudited: true),
        ["/fleet.v1.Scans/PauseScans"] = new(AccessLevel.Operator, IsAudited: true),
        // A command channel runs on the controller's host: whoever may set one up commands the controller.
        ["/fleet.v1.Scans/ApplyScans"] = new(AccessLevel.Admin, IsAudited: true),
        ["/fleet.v1.Scans/DeleteScans"] = new(AccessLevel.Admin, IsAudited: true),

        ["/fleet.v1.Hits/SearchHits"] = new(AccessLevel.Viewer),

        ["/fleet.v1.Alerts/ListAlerts"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Alerts/GetAlert"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Alerts/ListSilences"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Alerts/AcknowledgeAlerts"] = new(AccessLevel.Operator, IsAudited: true),
        ["/fleet.v1.Alerts/CreateSilence"] = new(AccessLevel.Operator, IsAudited: true),
        ["/fleet.v1.Alerts/DeleteSilence"] = new(AccessLevel.Operator, IsAudited: true),
        ["/fleet.v1.Alerts/TestChannel"] = new(AccessLevel.Operator, IsAudited: true),

        // The contract: what there is to call, for whoever may call all of it.
        ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"] = new(AccessLevel.Admin),
        ["/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"] = new(AccessLevel.Admin),

        ["/fleet.v1.Control/GetStatus"] = new(AccessLevel.Viewer),
        ["/fleet.v1.Control/SetLogLevel"] = new(AccessLevel.Admin, IsAudited: true),
    };

    /// <summary>Every method that somebody may call.</summary>
    public static IReadOnlyCollection<string> Methods => s_rules.Keys;

    /// <summary>The rule of a method (<c>/package.Service/Method</c>); null where there is none, which means nobody.</summary>
    public static AccessRule? Find(string method) => s_rules.GetValueOrDefault(method);
}
