using System.Text.Json.Nodes;
using Sluice.Server.Doors;
using Sluice.Server.Keys;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Description;

/// <summary>The answers of an operation: what it gives, what its row and body can refuse, and its own refusals.</summary>
internal static class Answers
{
    public static JsonObject Of(Row row, string method, RouteEndpoint endpoint, Schemas schemas)
    {
        var answers = new SortedDictionary<int, JsonObject>();
        foreach (var given in endpoint.Metadata.GetOrderedMetadata<AnswerGiven>())
        {
            var answer = new JsonObject { ["description"] = given.What };
            if (given.MediaType.Length > 0)
                answer["content"] = Content(given.MediaType, given.Shape, schemas, "");
            answers[given.Status] = answer;
        }
        foreach (var group in Refusals(row, method, endpoint).GroupBy(refusal => refusal.Status))
            answers[group.Key] = Refused(
                row,
                group.Key,
                [.. group.DistinctBy(refusal => refusal.Code)]
            );
        return new JsonObject(
            answers.Select(answer =>
                KeyValuePair.Create(answer.Key.ToString(), (JsonNode?)answer.Value)
            )
        );
    }

    public static JsonObject Content(
        string mediaType,
        BodyShape? shape,
        Schemas schemas,
        string what
    )
    {
        var schema =
            shape is not null ? schemas.Refer(shape)
            : mediaType.StartsWith("text/", StringComparison.Ordinal)
                ? new JsonObject { ["type"] = "string" }
            : new JsonObject();
        if (what.Length > 0)
            schema["description"] = what;
        return new JsonObject { [mediaType] = new JsonObject { ["schema"] = schema } };
    }

    public static JsonNode ProblemSchema() =>
        JsonNode.Parse(
            """
            {
              "description": "A refusal (RFC 9457).",
              "type": "object",
              "required": ["type", "title", "status", "code", "detail", "request_id"],
              "properties": {
                "type": { "type": "string", "description": "Where the page of this refusal is." },
                "title": { "type": "string" },
                "status": { "type": "integer" },
                "code": { "type": "string", "description": "Stable; decide by this." },
                "detail": { "type": "string", "description": "One sentence: what was refused, and what to do next." },
                "request_id": { "type": "string" },
                "decision": { "type": "string", "description": "Where it is told why, with a status that says who may do what (not under `/invocations`)." },
                "scope": { "type": "string", "description": "The scope that is missing, where that is the reason." },
                "mistakes": {
                  "type": "array",
                  "description": "Every mistake of the input, where the input is the reason.",
                  "items": {
                    "type": "object",
                    "required": ["code", "message"],
                    "properties": {
                      "code": { "type": "string" },
                      "message": { "type": "string" },
                      "file": { "type": "string" },
                      "line": { "type": "integer", "minimum": 1 },
                      "column": { "type": "integer", "minimum": 1 },
                      "where": { "type": "string", "description": "The member, parameter or place that is meant." },
                      "warning": { "type": "boolean" }
                    }
                  }
                },
                "error": {
                  "type": "object",
                  "description": "Beside the others under `/invocations` only.",
                  "required": ["code", "message"],
                  "properties": {
                    "code": { "type": "string" },
                    "message": { "type": "string" },
                    "execution_id": { "type": "string" }
                  }
                }
              }
            }
            """
        )!;

    private static IEnumerable<Refusal> Refusals(Row row, string method, RouteEndpoint endpoint)
    {
        var takesBody = method != "GET" && endpoint.Metadata.GetMetadata<BodyTaken>() is not null;
        if (takesBody)
            yield return CommonRefusals.InvalidBody;
        if (takesBody || endpoint.Metadata.GetMetadata<ParameterTaken>() is not null)
            yield return CommonRefusals.InvalidInput;
        if (row.Doors != Door.None)
        {
            yield return DoorRefusals.Unauthorized;
            yield return DoorRefusals.WrongDoor;
            yield return CommonRefusals.StoreUnavailable;
        }
        if (row.Doors.HasFlag(Door.Session) && method != "GET")
            yield return DoorRefusals.CrossSite;
        if (row.Doors.HasFlag(Door.Key))
        {
            if (row.Read != Scopes.None)
                yield return DoorRefusals.MissingScope;
            yield return DoorRefusals.TenantMismatch;
            yield return KeyRefusals.AddressNotAllowed;
            yield return KeyRefusals.RateLimited;
            yield return KeyRefusals.QuotaUsed;
            yield return KeyRefusals.AddressBarred;
            yield return CommonRefusals.EnvironmentMismatch;
        }
        if (takesBody)
        {
            yield return CommonRefusals.TooLarge;
            yield return CommonRefusals.EncodedBody;
        }
        foreach (var given in endpoint.Metadata.GetOrderedMetadata<RefusalsGiven>())
        foreach (var refusal in given.Refusals)
            yield return refusal;
    }

    private static JsonObject Refused(Row row, int status, IReadOnlyList<Refusal> refusals)
    {
        var answer = new JsonObject
        {
            ["description"] = string.Join(
                '\n',
                refusals.Select(refusal => $"- `{refusal.Code}`: {refusal.Detail}")
            ),
        };
        if (refusals.Any(refusal => refusal.RetryAfter is not null))
            answer["headers"] = new JsonObject
            {
                ["Retry-After"] = new JsonObject
                {
                    ["description"] = "Seconds until trying again makes sense.",
                    ["schema"] = new JsonObject { ["type"] = "integer" },
                },
            };
        answer["content"] =
            row.Dialect == RefusalDialect.OAuth
                ? JsonNode.Parse(
                    """{"application/json":{"schema":{"type":"object","required":["error"],"properties":{"error":{"type":"string"},"error_description":{"type":"string"}}}}}"""
                )
            : row.Dialect == RefusalDialect.Invocations
            && status == StatusCodes.Status401Unauthorized
                ? JsonNode.Parse(
                    """{"application/json":{"schema":{"type":"object","required":["error"],"properties":{"error":{"const":"unauthorized"}}}}}"""
                )
            : JsonNode.Parse(
                """{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}"""
            );
        return answer;
    }
}
