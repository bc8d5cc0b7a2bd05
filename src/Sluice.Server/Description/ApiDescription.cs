using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Server.Doors;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Description;

/// <summary>
/// The OpenAPI description of what is mapped: each route's own words (<see cref="Described"/>), its row of the table
/// of doors, and the comments of the types. Same code, same text, byte for byte.
/// </summary>
internal static partial class ApiDescription
{
    private static readonly string[] Methods = ["GET", "PUT", "POST", "DELETE", "PATCH"];

    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="version">The program's, such as <c>0.1.0</c>.</param>
    public static string Write(IEnumerable<EndpointDataSource> sources, string version)
    {
        var schemas = new Schemas(XmlComments.Beside(typeof(ApiDescription).Assembly));
        var paths = new JsonObject();
        var routes = sources
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<PageRoute>() is null)
            .GroupBy(PathOf)
            .OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (var path in routes)
            paths[path.Key] = PathItem(path.Key, path, schemas);
        var document = new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Sluice",
                ["version"] = version,
                ["summary"] = "Typed nodes of code, wired into flows and called over HTTP.",
                ["description"] =
                    "Every answer carries `X-Request-Id`. A refusal is `application/problem+json`; its `code` has a page under `/errors/{code}`. Times are RFC 3339 in UTC, ids are ULIDs.",
                ["license"] = new JsonObject
                {
                    ["name"] = "Apache-2.0",
                    ["identifier"] = "Apache-2.0",
                },
            },
            ["tags"] = Tags(paths),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.ToJson(Answers.ProblemSchema()),
                ["securitySchemes"] = SecuritySchemes(),
            },
        };
        return document.ToJsonString(Layout) + "\n";
    }

    internal static string PathOf(RouteEndpoint endpoint) =>
        "/" + (endpoint.RoutePattern.RawText ?? "").TrimStart('/');

    private static JsonObject PathItem(
        string path,
        IEnumerable<RouteEndpoint> endpoints,
        Schemas schemas
    )
    {
        var item = new JsonObject();
        var byMethod = endpoints
            .SelectMany(endpoint => MethodsOf(endpoint).Select(method => (method, endpoint)))
            .OrderBy(pair => Array.IndexOf(Methods, pair.method));
        foreach (var (method, endpoint) in byMethod)
            item[method.ToLowerInvariant()] = Operation(method, path, endpoint, schemas);
        return item;
    }

    // HEAD answers as GET does, without a body: no operation of its own.
    private static IEnumerable<string> MethodsOf(RouteEndpoint endpoint) =>
        (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Where(
            method => method != "HEAD"
        );

    private static JsonObject Operation(
        string method,
        string path,
        RouteEndpoint endpoint,
        Schemas schemas
    )
    {
        var row = DoorMiddleware.RowOf(endpoint);
        var name =
            endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName
            ?? throw new InvalidOperationException($"{method} {path} has no name");
        var operation = new JsonObject
        {
            ["operationId"] = MethodsOf(endpoint).First() == method ? name : $"{name}By{method}",
            ["summary"] =
                endpoint
                    .Metadata.GetMetadata<Microsoft.AspNetCore.Http.Metadata.IEndpointSummaryMetadata>()
                    ?.Summary
                ?? throw new InvalidOperationException($"{name} does not say what it does"),
            ["tags"] = new JsonArray(row.Family),
            ["security"] = Security(row, method == "GET" ? row.Read : row.Change),
        };
        var parameters = Parameters(path, endpoint);
        if (parameters.Count > 0)
            operation["parameters"] = parameters;
        if (endpoint.Metadata.GetMetadata<BodyTaken>() is { } body && method != "GET")
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = Answers.Content(body.MediaType, body.Shape, schemas, body.What),
            };
        operation["responses"] = Answers.Of(row, method, endpoint, schemas);
        return operation;
    }

    private static JsonArray Security(Row row, Scopes scopes)
    {
        var names = new JsonArray([.. ScopeNames.Names(scopes).Select(name => (JsonNode)name)]);
        if (row.Doors.HasFlag(Door.Admin))
            return [new JsonObject { ["admin_key"] = new JsonArray() }];
        var ways = new JsonArray();
        if (row.Doors.HasFlag(Door.Key))
            ways.Add(new JsonObject { ["api_key"] = names });
        if (row.Doors.HasFlag(Door.Session))
            ways.Add(new JsonObject { ["session"] = names.DeepClone() });
        return ways;
    }

    private static JsonArray Parameters(string path, RouteEndpoint endpoint)
    {
        var parameters = new JsonArray();
        foreach (
            var name in PathParameters().Matches(path).Select(match => match.Groups["name"].Value)
        )
            parameters.Add(
                Parameter(new ParameterTaken(name, "path", "string", Meaning(path, name)))
            );
        foreach (var taken in endpoint.Metadata.GetOrderedMetadata<ParameterTaken>())
            parameters.Add(Parameter(taken));
        return parameters;
    }

    private static JsonObject Parameter(ParameterTaken taken)
    {
        var parameter = new JsonObject
        {
            ["name"] = taken.Name,
            ["in"] = taken.In,
            ["description"] = taken.What,
        };
        if (taken.In == "path")
            parameter["required"] = true;
        parameter["schema"] = new JsonObject { ["type"] = taken.Type };
        return parameter;
    }

    private static string Meaning(string path, string name) =>
        name switch
        {
            "id" => "Its id, a ULID.",
            "org" or "owner" => "The organisation's handle.",
            "version" => "The version, such as `1.0.0`.",
            "code" => "The `code` of a refusal.",
            "name" when path.Contains("/secrets/", StringComparison.Ordinal) =>
                "The secret's name: a letter or underscore, then up to 127 letters, digits and underscores.",
            _ => "Its name, without the handle.",
        };

    private static JsonArray Tags(JsonObject paths)
    {
        var used = paths
            .SelectMany(path => path.Value!.AsObject())
            .Select(operation => operation.Value!["tags"]![0]!.GetValue<string>())
            .ToHashSet();
        return
        [
            .. DoorTable
                .Rows.Where(row => used.Contains(row.Family))
                .Select(row => new JsonObject { ["name"] = row.Family }),
        ];
    }

    private static JsonObject SecuritySchemes() =>
        new()
        {
            ["api_key"] = new JsonObject
            {
                ["type"] = "http",
                ["scheme"] = "bearer",
                ["description"] =
                    "An API key: `Authorization: Bearer slc_live_…`. It belongs to a tenant and an environment; the names beside it are the scopes that the call needs.",
            },
            ["session"] = new JsonObject
            {
                ["type"] = "apiKey",
                ["in"] = "cookie",
                ["name"] = SessionCookie.Usual,
                ["description"] =
                    "The cookie of a person who signed in. A change also needs an `Origin` of this server, or `Sluice-Csrf: 1`; `Sluice-Environment` names the environment. The names beside it are what the person's role must bring.",
            },
            ["admin_key"] = new JsonObject
            {
                ["type"] = "apiKey",
                ["in"] = "header",
                ["name"] = AdminDoor.Header,
                ["description"] = "The operator's key.",
            },
        };

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PathParameters();
}
