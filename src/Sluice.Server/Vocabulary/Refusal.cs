using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Language;

namespace Sluice.Server.Vocabulary;

/// <summary>
/// An expected "no": a code with a page under <c>spec/errors/</c>, a status, and one public sentence.
/// Rendered as <c>application/problem+json</c> (RFC 9457), or in the dialect of the route family that the doors noted.
/// </summary>
/// <param name="Code">Stable and snake_case; the page is <c>spec/errors/{Room}/{Code}.md</c>.</param>
/// <param name="Status">HTTP status, 400 to 599.</param>
/// <param name="Detail">One sentence for the caller: what was refused, and what to do next.</param>
internal sealed record Refusal(string Code, int Status, string Detail) : IResult
{
    /// <summary>Every mistake of the input, where the input is the reason.</summary>
    public IReadOnlyList<Mistake> Mistakes { get; init; } = [];

    /// <summary>The scope that is missing, where that is the reason.</summary>
    public string? Scope { get; init; }

    /// <summary>Seconds until trying again makes sense; becomes <c>Retry-After</c>.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The limit that was reached, where that is the reason; becomes the fields <c>RateLimit</c> and <c>RateLimit-Policy</c>.</summary>
    public LimitShown? Limit { get; init; }

    /// <summary>The run that this refusal speaks of, in the family <c>/invocations</c>.</summary>
    public string? ExecutionId { get; init; }

    /// <summary>Whether it says who may do what, so that it is on record why.</summary>
    public bool IsAccess =>
        Status
            is StatusCodes.Status401Unauthorized
                or StatusCodes.Status402PaymentRequired
                or StatusCodes.Status403Forbidden
                or StatusCodes.Status429TooManyRequests;

    public Refusal With(string detail) => this with { Detail = detail };

    /// <summary>The same, with the limit that was reached and when to come back.</summary>
    public Refusal With(LimitShown limit) => this with { Limit = limit, RetryAfter = limit.Reset };

    public Refusal With(IReadOnlyList<Mistake> mistakes) => this with { Mistakes = mistakes };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var dialect = httpContext.Features.Get<RefusalDialect>() ?? RefusalDialect.Problem;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        if (Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        if (RetryAfter is { } seconds)
            response.Headers.RetryAfter = seconds.ToString();
        Limit?.Write(response);
        // The rest of the body is not read, so the connection ends here: a client that is told keeps none to reuse.
        if (
            Status == StatusCodes.Status413PayloadTooLarge
            && HttpProtocol.IsHttp11(httpContext.Request.Protocol)
        )
            response.Headers.Connection = "close";
        httpContext.Items[typeof(Refusal)] = this;
        Signals.Refused(Code);
        if (dialect.Write is { } write)
        {
            await write(httpContext, this);
            return;
        }
        var body = new ArrayBufferWriter<byte>(512);
        await using (
            var json = new Utf8JsonWriter(
                body,
                new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
        {
            if (
                dialect == RefusalDialect.Invocations
                && Status == StatusCodes.Status401Unauthorized
            )
            {
                response.ContentType = "application/json";
                json.WriteStartObject();
                json.WriteString("error", "unauthorized");
                json.WriteEndObject();
            }
            else if (dialect == RefusalDialect.OAuth)
            {
                response.ContentType = "application/json";
                json.WriteStartObject();
                json.WriteString("error", Code);
                json.WriteString("error_description", Detail);
                json.WriteEndObject();
            }
            else
            {
                response.ContentType = "application/problem+json";
                WriteProblem(json, httpContext.TraceIdentifier, dialect);
            }
        }
        response.ContentLength = body.WrittenCount;
        await response.Body.WriteAsync(body.WrittenMemory, httpContext.RequestAborted);
    }

    private void WriteProblem(Utf8JsonWriter json, string requestId, RefusalDialect dialect)
    {
        json.WriteStartObject();
        json.WriteString("type", $"/errors/{Code}");
        json.WriteString("title", Code.Replace('_', ' '));
        json.WriteNumber("status", Status);
        json.WriteString("code", Code);
        json.WriteString("detail", Detail);
        json.WriteString("request_id", requestId);
        // In this family the header X-Request-Id leads there.
        if (IsAccess && dialect != RefusalDialect.Invocations)
            json.WriteString("decision", $"/api/v1/decisions/{requestId}");
        if (Scope is not null)
            json.WriteString("scope", Scope);
        if (Mistakes.Count > 0)
            MistakeJson.WriteAll(json, Mistakes);
        if (dialect == RefusalDialect.Invocations)
        {
            json.WriteStartObject("error");
            json.WriteString("code", Code);
            json.WriteString("message", Detail);
            if (ExecutionId is not null)
                json.WriteString("execution_id", ExecutionId);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}

/// <summary>How a family's documented error body looks; set by the doors before the act runs.</summary>
internal sealed record RefusalDialect(string Name)
{
    /// <summary>Writes the refusal where it is no JSON; null: one of the forms below.</summary>
    public Func<HttpContext, Refusal, Task>? Write { get; init; }

    public static readonly RefusalDialect Problem = new("problem");

    /// <summary>Problem with a member <c>error</c> beside; a 401 is exactly <c>{"error":"unauthorized"}</c>.</summary>
    public static readonly RefusalDialect Invocations = new("invocations");

    /// <summary><c>{"error","error_description"}</c> of RFC 6749, section 5.2.</summary>
    public static readonly RefusalDialect OAuth = new("oauth");
}

/// <summary>The wire form of a mistake, one for refusals, validation reports and build results.</summary>
internal static class MistakeJson
{
    /// <summary>Most mistakes in one answer: a megabyte of input can hold a hundred thousand.</summary>
    public const int Most = 200;

    /// <summary>All of them, or the first and how many more there are.</summary>
    public static IEnumerable<Mistake> Shown(IReadOnlyList<Mistake> mistakes) =>
        mistakes.Count <= Most
            ? mistakes
            : mistakes
                .Take(Most)
                .Append(new Mistake("more", $"and {mistakes.Count - Most} more mistakes"));

    /// <summary>The member <c>mistakes</c>.</summary>
    public static void WriteAll(Utf8JsonWriter json, IReadOnlyList<Mistake> mistakes)
    {
        json.WriteStartArray("mistakes");
        foreach (var mistake in Shown(mistakes))
            Write(json, mistake);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Mistake mistake)
    {
        json.WriteStartObject();
        json.WriteString("code", mistake.Code);
        json.WriteString("message", mistake.Message);
        if (mistake.File is not null)
            json.WriteString("file", mistake.File);
        if (mistake.Line > 0)
            json.WriteNumber("line", mistake.Line);
        if (mistake.Column > 0)
            json.WriteNumber("column", mistake.Column);
        if (mistake.Where is not null)
            json.WriteString("where", mistake.Where);
        if (mistake.Warning)
            json.WriteBoolean("warning", true);
        json.WriteEndObject();
    }
}

/// <summary>Either what was asked for, or the refusal that says why not.</summary>
internal readonly struct Outcome<T>
    where T : class
{
    private Outcome(T? value, Refusal? refusal) => (Value, Refusal) = (value, refusal);

    public T? Value { get; }

    public Refusal? Refusal { get; }

    [MemberNotNullWhen(true, nameof(Refusal))]
    [MemberNotNullWhen(false, nameof(Value))]
    public bool Refused => Refusal is not null;

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(null, refusal);
}

/// <summary>Refusals that no room owns.</summary>
internal static class CommonRefusals
{
    public static readonly Refusal InvalidBody = new(
        "invalid_body",
        400,
        "The body is not what this route takes."
    );
    public static readonly Refusal InvalidInput = new(
        "invalid_input",
        400,
        "The input has mistakes; each is named in `mistakes`."
    );
    public static readonly Refusal TooLarge = new(
        "body_too_large",
        413,
        "The body is larger than this route takes."
    );
    public static readonly Refusal EncodedBody = new(
        "content_encoding_unsupported",
        415,
        "Send the body as it is: a Content-Encoding is not accepted here."
    );
    public static readonly Refusal NotFound = new(
        "not_found",
        404,
        "There is nothing here under that name or id."
    );
    public static readonly Refusal MethodNotAllowed = new(
        "method_not_allowed",
        405,
        "This path does not take that method."
    );
    public static readonly Refusal EnvironmentMismatch = new(
        "environment_mismatch",
        403,
        "The credential belongs to one environment and the resource to the other; use a key of the resource's environment."
    );
    public static readonly Refusal StoreUnavailable = new(
        "store_unavailable",
        503,
        "The store cannot be written or read just now; nothing was changed. Try again shortly."
    )
    {
        RetryAfter = 1,
    };
    public static readonly Refusal Internal = new(
        "internal_error",
        500,
        "Something went wrong on the server; it is in the server's log under this request id."
    );
}
