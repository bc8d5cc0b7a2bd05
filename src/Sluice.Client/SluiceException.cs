namespace Sluice.Client;

/// <summary>A mistake that the server found in what was sent, at its place in the source when it has one.</summary>
/// <param name="Line">1-based; 0 when unknown.</param>
/// <param name="Column">1-based; 0 when unknown.</param>
/// <param name="Warning">It is worth a look, and stops nothing.</param>
/// <param name="Where">A placement's alias, an edge <c>a -&gt; b</c>, a field path.</param>
public sealed record RefusedMistake(
    string Code,
    string Message,
    string? File = null,
    int Line = 0,
    int Column = 0,
    string? Where = null,
    bool Warning = false
);

/// <summary>The server refused the call, could not be reached, or answered with something that is no answer.</summary>
public sealed class SluiceException : Exception
{
    /// <summary><see cref="Code"/> when no server answered.</summary>
    public const string Unreachable = "unreachable";

    /// <summary><see cref="Code"/> when the answer was not what the API promises (a proxy's page, a cut connection).</summary>
    public const string UnexpectedAnswer = "unexpected_answer";

    /// <summary><see cref="Code"/> when a name was given that nothing can have; nothing was sent.</summary>
    public const string BadName = "bad_name";

    public SluiceException(string code, string detail, Exception? inner = null)
        : base(detail, inner)
    {
        Code = code;
        Detail = detail;
    }

    /// <summary>The refusal's code, as its page in the error reference is named.</summary>
    public string Code { get; }

    /// <summary>The sentence meant for people.</summary>
    public string Detail { get; }

    /// <summary>The HTTP status, or 0 when no server answered.</summary>
    public int Status { get; init; }

    /// <summary>The scope that the key would need, when that is the reason.</summary>
    public string? MissingScope { get; init; }

    /// <summary>How long the server asks to wait before the next try.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public string? RequestId { get; init; }

    public IReadOnlyList<RefusedMistake> Mistakes { get; init; } = [];
}
