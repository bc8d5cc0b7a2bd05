using System.Text.Json.Serialization.Metadata;

namespace Sluice.Server.Vocabulary;

/// <summary>What a route takes: a body of one media type.</summary>
/// <param name="Shape">Of a JSON body; null where the body is no JSON.</param>
internal sealed record BodyTaken(string MediaType, BodyShape? Shape, string What);

/// <summary>What a route answers when it says yes.</summary>
internal sealed record AnswerGiven(int Status, string MediaType, BodyShape? Shape, string What);

/// <summary>A parameter in the <c>query</c> or a <c>header</c>; those in the path are known from the pattern.</summary>
internal sealed record ParameterTaken(string Name, string In, string Type, string What);

/// <summary>Refusals of the act's own, beside those that its row and its body bring along.</summary>
internal sealed record RefusalsGiven(IReadOnlyList<Refusal> Refusals);

/// <summary>The shape of a JSON body: what the serialiser knows of a type, or a schema where a body is read or written by hand.</summary>
/// <param name="Schema">JSON Schema as text.</param>
internal sealed record BodyShape(string Name, JsonTypeInfo? Type, string? Schema);

/// <summary>What a route says of itself, on its own line; the API description is made of nothing else.</summary>
internal static class Described
{
    private const string Json = "application/json";

    /// <param name="summary">One sentence: what the call does.</param>
    public static TBuilder Does<TBuilder>(this TBuilder route, string summary)
        where TBuilder : IEndpointConventionBuilder => route.WithSummary(summary);

    public static TBuilder Takes<TBuilder>(this TBuilder route, JsonTypeInfo type)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new BodyTaken(Json, new BodyShape(NameOf(type.Type), type, null), ""));

    /// <summary>A JSON body that is read by hand.</summary>
    public static TBuilder Takes<TBuilder>(this TBuilder route, string name, string schema)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new BodyTaken(Json, new BodyShape(name, null, schema), ""));

    /// <summary>A body that is no JSON.</summary>
    public static TBuilder TakesBytes<TBuilder>(this TBuilder route, string mediaType, string what)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new BodyTaken(mediaType, null, what));

    public static TBuilder Gives<TBuilder>(
        this TBuilder route,
        JsonTypeInfo type,
        int status = StatusCodes.Status200OK,
        string what = "Done"
    )
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(
            new AnswerGiven(status, Json, new BodyShape(NameOf(type.Type), type, null), what)
        );

    public static TBuilder GivesNothing<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new AnswerGiven(StatusCodes.Status204NoContent, "", null, "Done"));

    /// <summary>An answer that is no JSON object of ours.</summary>
    public static TBuilder GivesText<TBuilder>(this TBuilder route, string mediaType, string what)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new AnswerGiven(StatusCodes.Status200OK, mediaType, null, what));

    public static TBuilder Refuses<TBuilder>(this TBuilder route, params Refusal[] refusals)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new RefusalsGiven(refusals));

    /// <summary>Says of routes that they are pages for people, and no part of the API.</summary>
    public static TBuilder ArePages<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(PageRoute.Mark);

    public static TBuilder Query<TBuilder>(
        this TBuilder route,
        string name,
        string what,
        string type = "string"
    )
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new ParameterTaken(name, "query", type, what));

    public static TBuilder Header<TBuilder>(this TBuilder route, string name, string what)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new ParameterTaken(name, "header", "string", what));

    /// <summary>The two parameters of a list in pages; see <see cref="Page"/>.</summary>
    public static TBuilder Pages<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route
            .Query(
                "limit",
                $"Entries of the page, 1 to {Page.Most}; {Page.Default} unless said.",
                "integer"
            )
            .Query("cursor", "The `next_cursor` of the page before.");

    // CreateKey.Request is CreateKeyRequest: a nested name alone would mean many things.
    private static string NameOf(Type type) =>
        type.DeclaringType is { } outer ? outer.Name + type.Name : type.Name;
}

/// <summary>Marks a route as a page for people.</summary>
internal sealed record PageRoute
{
    public static readonly PageRoute Mark = new();
}
