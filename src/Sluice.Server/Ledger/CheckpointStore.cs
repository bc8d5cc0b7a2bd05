using System.Text.Json;
using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Ledger;

/// <summary>SQL on <c>ledger_checkpoints</c>, and on the public halves of <c>signing_keys</c>.</summary>
internal static class CheckpointStore
{
    /// <summary>Keeps it unless another server has signed the same length just now.</summary>
    public static Task<int> Insert(Session session, Checkpoint checkpoint) =>
        session
            .Of(checkpoint.Chain)
            .Execute(
                "INSERT INTO ledger_checkpoints (tenant_id, seq, anchor, line) VALUES (@tenant, @Seq, @anchor, @line) ON CONFLICT DO NOTHING",
                new
                {
                    checkpoint.Seq,
                    anchor = checkpoint.Anchor ? 1 : 0,
                    line = checkpoint.Line(),
                }
            );

    /// <summary>The checkpoint of exactly this length.</summary>
    public static async Task<Checkpoint?> At(Session session, string chain, long seq) =>
        await session
            .Of(chain)
            .First<byte[]>(
                "SELECT line FROM ledger_checkpoints WHERE tenant_id = @tenant AND seq = @seq AND anchor = 0",
                new { seq }
            )
            is { } line
            ? Read(line)
            : null;

    /// <summary>The newest checkpoint, or the newest anchor; null for none.</summary>
    public static async Task<Checkpoint?> Newest(Session session, string chain, bool anchor) =>
        await session
            .Of(chain)
            .First<byte[]>(
                "SELECT line FROM ledger_checkpoints WHERE tenant_id = @tenant AND anchor = @anchor ORDER BY seq DESC LIMIT 1",
                new { anchor = anchor ? 1 : 0 }
            )
            is { } line
            ? Read(line)
            : null;

    /// <summary>Lines of all checkpoints, the anchor first.</summary>
    public static Task<IReadOnlyList<byte[]>> Lines(Session session, string chain) =>
        session
            .Of(chain)
            .Query<byte[]>(
                "SELECT line FROM ledger_checkpoints WHERE tenant_id = @tenant ORDER BY anchor DESC, seq"
            );

    /// <summary>Chains that have grown since they were last signed.</summary>
    public static Task<IReadOnlyList<string>> Unsigned(Session session) =>
        session
            .Across("the ledgers of all tenants are signed by the house")
            .Query<string>(
                """
                SELECT h.tenant_id FROM ledger_heads h WHERE h.seq > 0 AND NOT EXISTS
                (SELECT 1 FROM ledger_checkpoints c WHERE c.tenant_id = h.tenant_id AND c.seq = h.seq)
                ORDER BY h.tenant_id
                """
            );

    /// <summary>What checks signatures, oldest key first.</summary>
    public static Task<IReadOnlyList<byte[]>> PublicKeys(Session session) =>
        session.House.Query<byte[]>("SELECT public_key FROM signing_keys ORDER BY created_at, id");

    private static Checkpoint Read(byte[] line)
    {
        using var document = JsonDocument.Parse(line);
        return Checkpoint.Read(document.RootElement);
    }
}
