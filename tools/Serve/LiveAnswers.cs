using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using StereoSpike.Hardware;
using StereoSpike.Readout;

namespace StereoSpike.Serve;

/// <summary>What the server answers, by method and path. There are no files behind it but those of the page, which lie in the program.</summary>
internal sealed class LiveAnswers(LiveSession session, Viewers viewers, CancellationToken stopping)
{
    private static readonly Dictionary<string, (string Type, byte[] Bytes)> Page = new()
    {
        ["/"] = ("text/html; charset=utf-8", Resource("live.html")),
        ["/live.css"] = ("text/css; charset=utf-8", Resource("live.css")),
        ["/live.js"] = ("text/javascript; charset=utf-8", Resource("live.js")),
    };

    public Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string path = request.Path.Value ?? "/";
        return request.Method switch
        {
            "GET" when Page.TryGetValue(path, out (string Type, byte[] Bytes) part) => SendAsync(context, part.Type, part.Bytes),
            "GET" => path switch
            {
                "/live" => WatchAsync(context),
                "/health" => HealthAsync(context),
                "/metrics" => SendAsync(context, "text/plain; version=0.0.4; charset=utf-8", Encoding.UTF8.GetBytes(LiveMetrics.Text(session, viewers))),
                "/snapshot.png" => PictureAsync(context),
                "/depth.png" => DepthAsync(context, DepthFormat.Png, "image/png"),
                "/depth.npy" => DepthAsync(context, DepthFormat.Npy, "application/octet-stream"),
                "/depth.pfm" => DepthAsync(context, DepthFormat.Pfm, "application/octet-stream"),
                "/cloud.ply" => DepthAsync(context, DepthFormat.Ply, "application/octet-stream"),
                "/api/info" => JsonAsync(context, Info()),
                "/api/state" => JsonAsync(context, State()),
                _ => Door.RefuseAsync(context, HttpStatusCode.NotFound, "There is no such page. See docs/live.md for those there are."),
            },
            "POST" when path is "/api/replay" or "/api/windows" => ChangeAsync(context, path == "/api/replay" ? ChangeReplay : ChangeWindows),
            "POST" => Door.RefuseAsync(context, HttpStatusCode.NotFound, "There is nothing to change there. See docs/live.md."),
            _ => Door.RefuseAsync(context, HttpStatusCode.MethodNotAllowed, "Only GET and POST are answered."),
        };
    }

    private async Task WatchAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Door.RefuseAsync(context, HttpStatusCode.UpgradeRequired, "This is a WebSocket.").ConfigureAwait(false);
            return;
        }

        if (viewers.Enter() is not { } frames)
        {
            await Door.RefuseAsync(context, HttpStatusCode.ServiceUnavailable, "As many pages watch as may.").ConfigureAwait(false);
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        await viewers.ServeAsync(socket, frames, stopping).ConfigureAwait(false);
    }

    private Task HealthAsync(HttpContext context)
    {
        string status = session.Status;
        context.Response.StatusCode = status == "failed" ? (int)HttpStatusCode.ServiceUnavailable : (int)HttpStatusCode.OK;
        return JsonAsync(context, new JsonObject { ["status"] = status, ["frames"] = session.Counters?.Answered ?? 0 });
    }

    private Task PictureAsync(HttpContext context)
    {
        if (session.Latest is not { } latest)
        {
            return NothingYetAsync(context);
        }

        if (!TryRange(context.Request, out double near, out double far))
        {
            return Door.RefuseAsync(context, HttpStatusCode.BadRequest, "near and far are metres, near greater than 0 and far greater than near: /snapshot.png?near=1&far=5.");
        }

        ColourScale scale = double.IsNaN(near) ? ColourScale.DepthOf(latest.Truth ?? latest.Depth) : ColourScale.Depth(near, far);
        string headline = string.Create(CultureInfo.InvariantCulture, $"{session.SourceName}, t = {(long)latest.Report["time_us"]! * 1e-6:F2} s");
        return SendAsync(context, "image/png", latest.Draw(scale, headline).EncodePng());
    }

    private Task DepthAsync(HttpContext context, DepthFormat format, string type)
    {
        if (session.Latest is not { } latest)
        {
            return NothingYetAsync(context);
        }

        context.Response.Headers.ContentDisposition = $"inline; filename=\"depth-{(long)latest.Report["time_us"]!}{DepthBytes.Ending(format)}\"";
        bool cut = format == DepthFormat.Ply || context.Request.Query["supported"] == "1";
        return SendAsync(context, type, DepthBytes.Encode(format, cut ? latest.SupportedDepth() : latest.Depth, session.Rig));
    }

    private static Task NothingYetAsync(HttpContext context) => Door.RefuseAsync(context, HttpStatusCode.ServiceUnavailable, "There is no answer yet: no window has been completed.");

    private static bool TryRange(HttpRequest request, out double near, out double far)
    {
        (near, far) = (double.NaN, double.NaN);
        return (!request.Query.ContainsKey("near") && !request.Query.ContainsKey("far"))
            || (double.TryParse(request.Query["near"], NumberStyles.Float, CultureInfo.InvariantCulture, out near) && double.TryParse(request.Query["far"], NumberStyles.Float, CultureInfo.InvariantCulture, out far)
                && near > 0 && far > near && far <= 1_000);
    }

    private JsonObject Info()
    {
        StereoRig rig = session.Rig;
        return new JsonObject
        {
            ["source"] = session.SourceName,
            ["width"] = rig.Sensor.Width,
            ["height"] = rig.Sensor.Height,
            ["focal_px"] = rig.FocalPx,
            ["baseline_m"] = rig.BaselineMetres,
            ["depth_colours"] = Colours(ColourScale.Depth(0, 1)),
            ["error_colours"] = Colours(ColourScale.ErrorMetres(1)),
            ["unknown_colour"] = Hex(Colour.Unknown),
            ["on_colour"] = Hex(EventPicture.On),
            ["off_colour"] = Hex(EventPicture.Off),
        };
    }

    private JsonObject State()
    {
        JsonObject state = session.Report();
        state["frame"] = session.Latest?.Report.DeepClone();
        state["layers"] = session.Latest?.Layers.DeepClone();
        return state;
    }

    private static JsonArray Colours(ColourScale scale) => [.. Enumerable.Range(0, 256).Select(i => (JsonNode)Hex(scale.At(i / 255.0)))];

    private static string Hex(Colour colour) => $"{colour.Red:x2}{colour.Green:x2}{colour.Blue:x2}";

    /// <summary>Reads a small JSON object and lets it change something. A body that is too long is refused by the server itself.</summary>
    private async Task ChangeAsync(HttpContext context, Action<JsonElement> change)
    {
        try
        {
            using JsonDocument body = await JsonDocument.ParseAsync(context.Request.Body, new JsonDocumentOptions { MaxDepth = 4 }, context.RequestAborted).ConfigureAwait(false);
            change(body.RootElement);
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            await Door.RefuseAsync(context, HttpStatusCode.BadRequest, wrong is ArgumentException { ParamName: { } name } ? wrong.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : wrong.Message).ConfigureAwait(false);
            return;
        }

        await JsonAsync(context, State()).ConfigureAwait(false);
    }

    private void ChangeReplay(JsonElement body)
    {
        Ingest.ReplaySource replay = session.Replay ?? throw new ArgumentException("A live stream cannot be paused, sought or slowed; a recording can.");
        foreach (JsonProperty change in body.EnumerateObject())
        {
            switch (change.Name)
            {
                case "paused":
                    replay.Paused = change.Value.GetBoolean();
                    break;
                case "loop":
                    replay.Loop = change.Value.GetBoolean();
                    break;
                case "speed":
                    replay.Speed = change.Value.GetDouble();
                    break;
                case "seek_us":
                    replay.Seek(change.Value.GetInt64());
                    break;
                case "step" when change.Value.GetBoolean():
                    replay.Step(session.Windows.StepUs);
                    break;
                default:
                    throw new ArgumentException($"There is no {change.Name} to change; there are paused, loop, speed, seek_us and step.");
            }
        }
    }

    private void ChangeWindows(JsonElement body)
    {
        session.CutWindows(
            body.TryGetProperty("window_us", out JsonElement window) && window.ValueKind != JsonValueKind.Null ? window.GetInt64() : null,
            body.TryGetProperty("step_us", out JsonElement step) && step.ValueKind != JsonValueKind.Null ? step.GetInt64() : null);
    }

    private static Task JsonAsync(HttpContext context, JsonObject answer) => SendAsync(context, "application/json; charset=utf-8", Encoding.UTF8.GetBytes(answer.ToJsonString()));

    private static Task SendAsync(HttpContext context, string type, byte[] bytes)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    private static byte[] Resource(string name)
    {
        using Stream resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }
}
