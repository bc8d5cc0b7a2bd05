using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Sluice.Cli.Terminals;
using Sluice.Client;
using Sluice.Language;

namespace Sluice.Cli;

/// <summary>One command being carried out: what was typed, where the answer goes, and how it is said.</summary>
internal sealed class Session
{
    private static readonly SluiceJson s_pretty = new(
        new JsonSerializerOptions(SluiceJson.Default.Options)
        {
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }
    );
    private readonly ParseResult _parse;
    private readonly Report _errors;

    public Session(Terminal terminal, ParseResult parse)
    {
        Terminal = terminal;
        _parse = parse;
        Json = parse.GetValue(GlobalOptions.Json);
        var colour = terminal.Variable("NO_COLOR") is null;
        People = new Report(terminal.Out, terminal.IsScreen, terminal.Width, colour);
        _errors = new Report(
            terminal.Error,
            terminal.IsScreen && terminal.CanAsk,
            terminal.Width,
            colour
        );
    }

    public Terminal Terminal { get; }
    public bool Json { get; }

    /// <summary>Where people read; commands with <c>--json</c> write nothing here.</summary>
    public Report People { get; }

    public string Profile =>
        _parse.GetValue(GlobalOptions.Profile)
        ?? Terminal.Variable("SLUICE_PROFILE")
        ?? Credentials.DefaultProfile;

    /// <summary>The file whose text the server was given: it calls every document <c>flow.yaml</c>, people open the file.</summary>
    public string? Document { get; set; }

    public T Value<T>(Argument<T> argument) => _parse.GetRequiredValue(argument);

    public T? Value<T>(Option<T> option) => _parse.GetValue(option);

    /// <summary>What the command line holds beyond what this program knows, in order.</summary>
    public IReadOnlyList<string> Unmatched => _parse.UnmatchedTokens;

    /// <summary>The address asked for on the command line or by <c>SLUICE_URL</c>.</summary>
    public string? NamedUrl =>
        _parse.GetValue(GlobalOptions.Url) ?? Terminal.Variable("SLUICE_URL");

    /// <summary>Prints an answer: as JSON when asked, else by <paramref name="people"/>.</summary>
    public void Print<T>(T answer, JsonTypeInfo<T> shape, Action<Report, T> people)
    {
        if (Json)
            PrintJson(answer, shape);
        else
            people(People, answer);
    }

    public void PrintJson<T>(T answer, JsonTypeInfo<T> shape)
    {
        // The client's shapes are made for the wire; here they are indented. Shapes of the CLI's own bring their options.
        var readable = s_pretty.GetTypeInfo(typeof(T)) as JsonTypeInfo<T> ?? shape;
        Terminal.Out.WriteLine(Plain.Json(JsonSerializer.Serialize(answer, readable)));
    }

    /// <summary>A remark beside the answer; silent for programs.</summary>
    public void Remark(string text)
    {
        if (!Json)
            _errors.Faint(Plain.Line(text));
    }

    public void Warn(string text) => _errors.Careful(text);

    public Exit Fail(Exit exit, string code, string detail, string? next = null) =>
        Fail(exit, new Failure(code, detail) { Next = next });

    public Exit Fail(SluiceException error) =>
        Fail(
            Exits.Of(error),
            new Failure(error.Code, error.Detail)
            {
                Status = error.Status == 0 ? null : error.Status,
                RequestId = error.RequestId,
                Mistakes = Placed(error.Mistakes),
                Next = Hints.For(error),
            }
        );

    /// <summary>Mistakes found on this side, told as the server's are.</summary>
    public Exit Fail(
        string code,
        string detail,
        IEnumerable<Mistake> mistakes,
        string? next = null
    ) =>
        Fail(
            Exit.Invalid,
            new Failure(code, detail)
            {
                Next = next,
                Mistakes =
                [
                    .. mistakes.Select(m => new RefusedMistake(
                        m.Code,
                        m.Message,
                        m.File,
                        m.Line,
                        m.Column,
                        m.Where
                    )),
                ],
            }
        );

    /// <summary>Mistakes that the server found in <see cref="Document"/>.</summary>
    public Exit Fail(string code, string detail, IReadOnlyList<RefusedMistake> mistakes) =>
        Fail(Exit.Invalid, new Failure(code, detail) { Mistakes = Placed(mistakes) });

    private IReadOnlyList<RefusedMistake> Placed(IReadOnlyList<RefusedMistake> mistakes) =>
        Document is null
            ? mistakes
            : [.. mistakes.Select(m => m.File == "flow.yaml" ? m with { File = Document } : m)];

    /// <summary>Asks before what cannot be undone. Without a person to ask, <c>--yes</c> is needed.</summary>
    public bool Consents(string question, bool yes)
    {
        if (yes)
            return true;
        if (Terminal.CanAsk)
            return Terminal.Ask(Plain.Line(question) + " [y/N] ")?.Trim() is "y" or "Y" or "yes";
        Fail(Exit.NeedsConsent, "needs_consent", question, "Nobody is there to ask: add --yes.");
        return false;
    }

    private Exit Fail(Exit exit, Failure failure)
    {
        if (Json)
        {
            Terminal.Error.WriteLine(
                Plain.Json(JsonSerializer.Serialize(failure, FailureJson.Default.Failure))
            );
            return exit;
        }
        _errors.Bad($"{failure.Detail} ({failure.Code})");
        foreach (var mistake in failure.Mistakes)
            _errors.Line("  " + Place(mistake) + $"{mistake.Message} ({mistake.Code})");
        if (failure.Next is { } next)
            _errors.Line("  " + next);
        if (failure.RequestId is { } id)
            _errors.Faint($"  request {id}");
        return exit;
    }

    /// <summary><c>file:line:column: </c>, as editors and terminals know how to open it.</summary>
    public static string Place(RefusedMistake mistake)
    {
        var place = mistake.File ?? "";
        if (mistake.Line > 0)
            place += $":{mistake.Line}:{mistake.Column}";
        if (mistake.Where is { } where)
            place += place.Length == 0 ? where : $" [{where}]";
        return place.Length == 0 ? "" : place + ": ";
    }
}

/// <summary>A failure as programs read it, on the error stream.</summary>
internal sealed record Failure(string Code, string Detail)
{
    public int? Status { get; init; }
    public string? RequestId { get; init; }
    public string? Next { get; init; }
    public IReadOnlyList<RefusedMistake> Mistakes { get; init; } = [];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true
)]
[JsonSerializable(typeof(Failure))]
internal sealed partial class FailureJson : JsonSerializerContext;
