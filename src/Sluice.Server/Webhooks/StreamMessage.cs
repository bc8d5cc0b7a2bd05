using System.Buffers;
using System.Text.Json;
using Sluice.Seal;
using Sluice.Server.Ledger;

namespace Sluice.Server.Webhooks;

/// <summary>What is sent to a webhook; spec/webhooks.md is its description.</summary>
/// <param name="Id">The same each time that the same message is sent.</param>
/// <param name="Body">JSON.</param>
internal sealed record StreamMessage(string Id, byte[] Body)
{
    /// <summary>Entries in their order, each to the letter as a copy of the ledger has it.</summary>
    /// <param name="entries">At least one.</param>
    public static StreamMessage Of(AuditStream stream, IReadOnlyList<LedgerEntry> entries)
    {
        var (first, last) = (entries[0].Seq, entries[^1].Seq);
        return new StreamMessage(
            $"msg_{stream.Id}_{first}_{last}",
            Write(
                "audit.entries",
                DateTimeOffset.FromUnixTimeMilliseconds(entries[^1].At),
                json =>
                {
                    json.WriteString("chain", stream.TenantId);
                    json.WriteNumber("first", first);
                    json.WriteNumber("last", last);
                    json.WriteStartArray("entries");
                    foreach (var entry in entries)
                        json.WriteRawValue(entry.Line(), skipInputValidation: true);
                    json.WriteEndArray();
                }
            )
        );
    }

    /// <summary>One that says nothing but that it arrived.</summary>
    public static StreamMessage Test(AuditStream stream, string id, DateTimeOffset at) =>
        new($"msg_{id}", Write("audit.test", at, json => json.WriteString("stream", stream.Id)));

    private static byte[] Write(string type, DateTimeOffset at, Action<Utf8JsonWriter> data)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("timestamp", LedgerTime.Write(at));
            json.WriteStartObject("data");
            data(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return body.WrittenSpan.ToArray();
    }
}
