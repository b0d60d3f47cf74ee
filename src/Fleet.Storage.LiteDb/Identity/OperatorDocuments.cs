using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Documents of the collection <c>operators</c>, in one transaction.</summary>
internal sealed class OperatorDocuments(Database database) : IOperatorTable
{
    private const string Revoked = "was revoked";

    public TokenRecord? FindToken(byte[] secretHash) => TokenDocuments.FindByHash(database, secretHash);

    public void CountUse(string tokenId) => TokenDocuments.CountUse(database, tokenId);

    public OperatorRecord? Find(string id) => Read(database.Find(Collections.Operators, id));

    public OperatorRecord? FindByEnrollment(string enrollmentId) => Read(database.FindBy(Collections.Operators, "enrollment", enrollmentId));

    public OperatorRecord? FindActiveByName(string name) => Read(database.FindBy(Collections.Operators, "name_key", AgentDocuments.NameKey(name)));

    public IReadOnlyList<OperatorRecord> List() =>
    [
        .. database.All(Collections.Operators).Select(Read).OfType<OperatorRecord>()
            .OrderBy(record => AgentDocuments.NameKey(record.Name), StringComparer.Ordinal)
            .ThenBy(record => record.CreatedAt).ThenBy(record => record.Id, StringComparer.Ordinal),
    ];

    public bool Insert(OperatorRecord record)
    {
        if (Find(record.Id) is not null || FindByEnrollment(record.EnrollmentId) is not null
            || (record.State == OperatorState.Active && FindActiveByName(record.Name) is not null))
            return false;
        database.Insert(Collections.Operators, ToDocument(record));
        database.State.Grow();
        return true;
    }

    public void SetCertificate(string id, string serial, DateTimeOffset notAfter) => TrySetCertificate(id, serial, notAfter);

    /// <summary>False if the operator is not active.</summary>
    public bool TrySetCertificate(string id, string serial, DateTimeOffset notAfter) => Change(id, document =>
    {
        document["serial"] = serial;
        document["not_after"] = Field.Of(notAfter);
    });

    public OperatorRecord? Revoke(string id, DateTimeOffset at) => Revoke(id, at, Revoked);

    public OperatorRecord? Revoke(string id, DateTimeOffset at, string reason)
    {
        var isActive = Change(id, document =>
        {
            document["state"] = (int)OperatorState.Revoked;
            SetIndexed(document);
        });
        if (!isActive)
            return null;
        var record = Find(id)!;
        RevocationDocuments.Insert(
            database, new RevocationRecord(record.CertificateSerial, record.CertificateNotAfter, at, $"operator {record.Name} {reason}"));
        return record;
    }

    /// <summary>What the field that is there for the index must be: only the names of active ones are unique.</summary>
    public static void SetIndexed(BsonDocument record) => record["name_key"] =
        record["state"].AsInt32 == (int)OperatorState.Active ? AgentDocuments.NameKey(record["name"].AsString) : BsonValue.Null;

    // Every change of an operator is one of who may come in.
    private bool Change(string id, Action<BsonDocument> change)
    {
        if (database.Find(Collections.Operators, id) is not { } document || document["state"].AsInt32 != (int)OperatorState.Active)
            return false;
        change(document);
        database.Update(Collections.Operators, document);
        database.State.Grow();
        return true;
    }

    private static BsonDocument ToDocument(OperatorRecord record)
    {
        var document = Fields(record);
        SetIndexed(document);
        return document;
    }

    private static BsonDocument Fields(OperatorRecord record) => new()
    {
        ["_id"] = record.Id,
        ["name"] = record.Name,
        ["role"] = (int)record.Role,
        ["state"] = (int)record.State,
        ["serial"] = record.CertificateSerial,
        ["not_after"] = Field.Of(record.CertificateNotAfter),
        ["created"] = Field.Of(record.CreatedAt),
        ["enrollment"] = record.EnrollmentId,
        ["token"] = Field.Of(record.EnrolledByToken),
    };

    private static OperatorRecord? Read(BsonDocument? document) => document is null
        ? null
        : new OperatorRecord
        {
            Id = document["_id"].AsString,
            Name = document["name"].AsString,
            Role = (OperatorRole)document["role"].AsInt32,
            State = (OperatorState)document["state"].AsInt32,
            CertificateSerial = document["serial"].AsString,
            CertificateNotAfter = document["not_after"].Time(),
            CreatedAt = document["created"].Time(),
            EnrollmentId = document["enrollment"].AsString,
            EnrolledByToken = document["token"].TextOrNull(),
        };
}
