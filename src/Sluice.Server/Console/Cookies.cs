using System.Buffers.Text;
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
