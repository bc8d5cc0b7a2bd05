using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Memory;

internal static class MemoryRefusals
{
    public static readonly Refusal SessionNotFound = new(
        "memory_session_not_found",
        404,
        "There is no session with this id in this tenant's memory."
    );

    public static readonly Refusal EntryNotFound = new(
        "memory_entry_not_found",
        404,
        "There is no entry with this id in this tenant's memory."
    );
}
