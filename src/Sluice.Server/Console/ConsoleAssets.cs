using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console;

/// <summary>
/// The style, the script and the icon: part of the program, under paths that name their content, so that a browser keeps them for as
/// long as it likes.
/// </summary>
internal static class ConsoleAssets
{
    private sealed record Asset(string Path, string MediaType, byte[] Bytes, byte[] Brotli);

    private static readonly Asset Style = Load(
        "css",
        "text/css; charset=utf-8",
        "tokens.css",
        "console.css"
    );
    private static readonly Asset Script = Load(
        "js",
        "text/javascript; charset=utf-8",
        "console.js"
    );
    private static readonly Asset Passkeys = Load(
        "js",
        "text/javascript; charset=utf-8",
        "passkeys.js"
    );
    private static readonly Asset Htmx = Load("js", "text/javascript; charset=utf-8", "htmx.js");
    private static readonly Asset Icon = Load("svg", "image/svg+xml", "icon.svg");

    private static readonly Asset CanvasScript = Load(
        "js",
        "text/javascript; charset=utf-8",
        "canvas.js"
    );
    private static readonly Asset CanvasStyle = Load(
        "css",
        "text/css; charset=utf-8",
        "canvas.css"
    );
    private static readonly Asset CanvasLicenses = Load(
        "txt",
        "text/plain; charset=utf-8",
        "canvas.licenses.txt"
    );

    private static readonly FrozenDictionary<string, Asset> ByPath = new[]
    {
        Style,
        Script,
        Passkeys,
        Htmx,
        Icon,
        CanvasScript,
        CanvasStyle,
        CanvasLicenses,
    }.ToFrozenDictionary(asset => asset.Path);

    public static string StylePath => Style.Path;

    public static string ScriptPath => Script.Path;

    /// <summary>For the two pages that ask authenticators.</summary>
    public static string PasskeysPath => Passkeys.Path;

    public static string HtmxPath => Htmx.Path;

    public static string IconPath => Icon.Path;

    public static string CanvasScriptPath => CanvasScript.Path;

    public static string CanvasStylePath => CanvasStyle.Path;

    public static string CanvasLicensesPath => CanvasLicenses.Path;

    public static IResult Handle(HttpContext context)
    {
        if (!ByPath.TryGetValue(context.Request.Path.Value ?? "", out var asset))
            return CommonRefusals.NotFound;
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.Vary = "Accept-Encoding";
        if (!context.Request.Headers.AcceptEncoding.ToString().Contains("br"))
            return TypedResults.Bytes(asset.Bytes, asset.MediaType);
        context.Response.Headers.ContentEncoding = "br";
        return TypedResults.Bytes(asset.Brotli, asset.MediaType);
    }

    private static Asset Load(string extension, string mediaType, params string[] names)
    {
        using var whole = new MemoryStream();
        foreach (var name in names)
        {
            using var part = typeof(ConsoleAssets).Assembly.GetManifestResourceStream(
                $"console/{name}"
            )!;
            part.CopyTo(whole);
        }
        var bytes = whole.ToArray();
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..12];
        using var packed = new MemoryStream();
        using (
            var brotli = new BrotliStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)
        )
            brotli.Write(bytes);
        return new Asset($"/console/assets/{hash}.{extension}", mediaType, bytes, packed.ToArray());
    }
}
