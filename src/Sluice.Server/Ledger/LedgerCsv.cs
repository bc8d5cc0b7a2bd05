using System.Globalization;
using System.Text;
using Sluice.Seal;

namespace Sluice.Server.Ledger;

/// <summary>Entries for a spreadsheet: RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe.</summary>
internal static class LedgerCsv
{
    private const string LineEnd = "\r\n";

    public const string Header =
        "seq,at,action,result,code,door,actor_kind,actor,actor_name,key_id,environment,address,request_id,target_kind,target,details,hash"
        + LineEnd;

    public static string Row(LedgerEntry entry)
    {
        var row = new StringBuilder(256);
        row.Append(entry.Seq.ToString(CultureInfo.InvariantCulture));
        foreach (
            var cell in (string?[])
                [
                    LedgerTime.Write(DateTimeOffset.FromUnixTimeMilliseconds(entry.At)),
                    entry.Action,
                    entry.Result,
                    entry.Code,
                    entry.Door,
                    entry.ActorKind,
                    entry.Actor,
                    entry.ActorName,
                    entry.KeyId,
                    entry.Environment,
                    entry.Address,
                    entry.RequestId,
                    entry.TargetKind,
                    entry.Target,
                    entry.Details,
                    Convert.ToHexStringLower(entry.Hash),
                ]
        )
            row.Append(',').Append(Cell(cell));
        return row.Append(LineEnd).ToString();
    }

    private static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var safe = IsFormula(text) ? "'" + text : text;
        return safe.AsSpan().IndexOfAny("\",\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"")}\"";
    }

    /// <summary>Whether a spreadsheet may: blanks before it and letters of full width do not keep one from it.</summary>
    private static bool IsFormula(string text) =>
        text[0] is '\t' or '\r' or '\n'
        || text.AsSpan().TrimStart()
            is ['=' or '+' or '-' or '@' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20', ..];
}
