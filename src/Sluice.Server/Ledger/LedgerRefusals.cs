using Sluice.Server.Vocabulary;

namespace Sluice.Server.Ledger;

internal static class LedgerRefusals
{
    public static readonly Refusal Empty = new(
        "ledger_empty",
        404,
        "The ledger has no entry yet, so there is nothing to sign."
    );
}
