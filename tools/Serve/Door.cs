using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace StereoSpike.Serve;

/// <summary>Who may come in: nobody by another site's page, and where there is a token, nobody without it.</summary>
/// <remarks>
/// Without a token only loopback is listened on, and the request must name it (<c>Host</c>), or a foreign site could have its own name point here (DNS rebinding). A browser's request must come from this server's own
/// page: <c>Origin</c> and <c>Sec-Fetch-Site</c> are believed, since a browser sets them and a program has no need to lie.
/// </remarks>
internal sealed class Door(ServeSettings settings)
{
    private const string Cookie = "stereospike_token";
    private readonly byte[]? _token = settings.Token is { } token ? SHA256.HashData(Encoding.UTF8.GetBytes(token)) : null;

    /// <summary>What every answer says of itself: it is nobody's frame, nobody's script, and loads nothing from anywhere else.</summary>
    public static void AddHeaders(HttpResponse response)
    {
        IHeaderDictionary headers = response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        headers.CacheControl = "no-store";
    }

    /// <summary>Lets a request pass or answers it.</summary>
    /// <returns>Whether it may pass.</returns>
    public async Task<bool> PassAsync(HttpContext context)
    {
        if (!IsOwnSite(context.Request))
        {
            await RefuseAsync(context, HttpStatusCode.Forbidden, "This request comes from another site's page, or names another host. Open the address that the server printed.").ConfigureAwait(false);
            return false;
        }

        if (_token is null)
        {
            return true;
        }

        if (context.Request.Query.TryGetValue("token", out StringValues given) && HttpMethods.IsGet(context.Request.Method) && context.Request.Path == "/" && IsToken(given.ToString()))
        {
            context.Response.Cookies.Append(Cookie, given.ToString(), new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });
            context.Response.Redirect("/");   // so that the token does not stay in the address
            return false;
        }

        string bearer = context.Request.Headers.Authorization.ToString();
        if ((bearer.StartsWith("Bearer ", StringComparison.Ordinal) && IsToken(bearer["Bearer ".Length..])) || IsToken(context.Request.Cookies[Cookie] ?? ""))
        {
            return true;
        }

        await RefuseAsync(context, HttpStatusCode.Unauthorized, "A token is needed: open the address that the server printed, or send Authorization: Bearer TOKEN.").ConfigureAwait(false);
        return false;
    }

    public static Task RefuseAsync(HttpContext context, HttpStatusCode status, string why)
    {
        context.Response.StatusCode = (int)status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why + "\n");
    }

    private bool IsOwnSite(HttpRequest request)
    {
        bool hostIsFine = _token is not null || request.Host.Host is "localhost" or "127.0.0.1" or "[::1]";
        string origin = request.Headers.Origin.ToString(), site = request.Headers["Sec-Fetch-Site"].ToString();
        return hostIsFine
            && (origin.Length == 0 || string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase))
            && (site is "" or "same-origin" or "none" || (HttpMethods.IsGet(request.Method) && request.Path == "/"));
    }

    private bool IsToken(string given) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), _token);
}
