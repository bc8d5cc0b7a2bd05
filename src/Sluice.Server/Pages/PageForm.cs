using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Sluice.Seal;
using Sluice.Server.Identity;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Pages;

/// <summary>What a page's form brings.</summary>
internal sealed class PageForm
{
    /// <summary>The hidden field that holds the token of <see cref="TokenFor"/>.</summary>
    public const string TokenField = "form_token";

    private readonly Dictionary<string, string> _values;

    private PageForm(Dictionary<string, string> values) => _values = values;

    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>The form, where it is of a page of this server.</summary>
    public static async Task<Outcome<PageForm>> Read(HttpContext context, SameOrigin origin)
    {
        if (!origin.IsOwn(context.Request) || !context.Request.HasFormContentType)
            return IdentityRefusals.FormNotOurs;
        var (bytes, refusal) = await Body.ReadAll(context, Body.ManagementLimit);
        if (refusal is not null)
            return refusal;
        return new PageForm(
            QueryHelpers
                .ParseQuery(Encoding.UTF8.GetString(bytes.Span))
                .Where(pair =>
                    pair.Value is [{ Length: > 0 } value]
                    && !value.Contains('\0', StringComparison.Ordinal)
                )
                .ToDictionary(pair => pair.Key, pair => pair.Value[0]!)
        );
    }

    /// <summary>What is written into the forms of a session: only who has its cookie knows it, and it does not tell the cookie.</summary>
    public static string TokenFor(string cookie) =>
        Convert.ToHexStringLower(TokenText.Hash("form\n" + cookie));

    /// <summary>Whether it was written for this session.</summary>
    public bool IsOf(string cookie) =>
        this[TokenField] is { } token && FixedTime.Equal(token, TokenFor(cookie));
}
