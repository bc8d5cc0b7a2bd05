using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console;

/// <summary>Which environment this browser looks at. It opens nothing: a session may look at both.</summary>
internal static class EnvironmentCookie
{
    private const string Name = "sluice_environment";

    /// <summary><c>live</c> unless it has switched.</summary>
    public static string Read(HttpRequest request) =>
        request.Cookies[Name] == EnvironmentNames.Test
            ? EnvironmentNames.Test
            : EnvironmentNames.Live;

    public static void Write(HttpResponse response, string environment) =>
        response.Cookies.Append(
            Name,
            environment,
            Cookies.Shape(response.HttpContext.Request, null)
        );
}

/// <summary>What a change has to say on the page after it: shown once.</summary>
internal static class NoticeCookie
{
    private const string Name = "sluice_notice";
    private const int Longest = 1000;

    public static void Leave(HttpResponse response, string text) =>
        response.Cookies.Append(
            Name,
            Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text)),
            Cookies.Shape(response.HttpContext.Request, TimeSpan.FromSeconds(30))
        );

    public static string? Take(HttpContext context)
    {
        if (context.Request.Cookies[Name] is not { Length: > 0 and < Longest } text)
            return null;
        context.Response.Cookies.Delete(Name, Cookies.Shape(context.Request, null));
        return Base64Url.IsValid(text)
            ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text))
            : null;
    }
}

/// <summary>
/// Forms of this browser whose answer showed something once: sent again, as a reload does, they make nothing a second time. The mark is
/// kept in the browser, so that it holds on every server; it opens nothing and tells nothing.
/// </summary>
internal static class SpentForms
{
    private const string Name = "sluice_spent";
    private const char Between = '.';

    /// <summary>How many are remembered; the oldest go.</summary>
    private const int Most = 16;

    private static readonly TimeSpan For = TimeSpan.FromDays(1);

    public static bool Contains(HttpRequest request, string token) =>
        Marks(request).Contains(Mark(token));

    public static void Add(HttpContext context, string token) =>
        context.Response.Cookies.Append(
            Name,
            string.Join(Between, Marks(context.Request).Append(Mark(token)).TakeLast(Most)),
            Cookies.Shape(context.Request, For)
        );

    private static string[] Marks(HttpRequest request) =>
        request.Cookies[Name]?.Split(Between, StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string Mark(string token) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(token)).AsSpan(0, 12));
}

internal static class Cookies
{
    /// <summary>A cookie of the console's own pages; none of them opens anything.</summary>
    public static CookieOptions Shape(HttpRequest request, TimeSpan? age) =>
        new()
        {
            Path = "/console",
            HttpOnly = true,
            Secure = request.IsHttps,
            SameSite = SameSiteMode.Strict,
            IsEssential = true,
            MaxAge = age,
        };
}
