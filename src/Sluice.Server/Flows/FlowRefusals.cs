using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows;

internal static class FlowRefusals
{
    public static readonly Refusal NotFound = new(
        "flow_not_found",
        404,
        "There is no flow with this name in this tenant and environment."
    );
    public static readonly Refusal Invalid = new(
        "flow_invalid",
        422,
        "The flow has mistakes; each is named in `mistakes`, with both ends where an edge is wrong."
    );
    public static readonly Refusal NameMismatch = new(
        "flow_name_mismatch",
        400,
        "The document's `name` differs from the name in the path; make them the same."
    );
    public static readonly Refusal NotCompiled = new(
        "flow_not_compiled",
        409,
        "The flow has been saved but never compiled: `POST /api/v1/flows/{name}/compile`, or `sluice flow compile`."
    );
    public static readonly Refusal GraphNotFound = new(
        "graph_not_found",
        404,
        "There is no graph with this id in this tenant."
    );
}
