using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace StereoSpike.Fleet;

/// <summary>The subjects of rigs, and the JetStream stream that keeps their last minutes.</summary>
internal static class RigSubjects
{
    public const string Stream = "STEREOSPIKE_EVENTS";

    private const string Prefix = "stereospike.v1.", Ending = ".events";
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    /// <summary>Where a camera's event packets go.</summary>
    public static string Events(string rig, Camera camera) => $"{Prefix}{rig}.{(camera == Camera.Left ? "left" : "right")}{Ending}";

    /// <summary>Where both cameras' go.</summary>
    public static string EventsOf(string rig) => $"{Prefix}{rig}.*{Ending}";

    /// <summary>Where a rig's answers go.</summary>
    public static string Answers(string rig, string format) => $"{Prefix}{rig}.answers.{format}";

    /// <summary>The stream, made if it is not there; what somebody else set of it stays.</summary>
    public static async Task<INatsJSStream> OpenAsync(NatsJSContext context, CancellationToken cancellation)
    {
        try
        {
            return await context.GetStreamAsync(Stream, cancellationToken: cancellation).ConfigureAwait(false);
        }
        catch (NatsJSApiException missing) when (missing.Error.Code == 404)
        {
            return await context.CreateStreamAsync(new StreamConfig
            {
                Name = Stream,
                Description = "Event packets of stereo rigs, the last minutes",
                Subjects = [$"{Prefix}*.*{Ending}"],
                Retention = StreamConfigRetention.Limits,
                Discard = StreamConfigDiscard.Old,
                MaxAge = Kept,
            }, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The rigs that sent anything in the last minutes, in the order of their names.</summary>
    public static async Task<IReadOnlyList<string>> RigsAsync(NatsJSContext context, CancellationToken cancellation)
    {
        INatsJSStream stream = await context.GetStreamAsync(Stream, new StreamInfoRequest { SubjectsFilter = $"{Prefix}*.*{Ending}" }, cancellation).ConfigureAwait(false);
        return [.. (stream.Info.State.Subjects?.Keys ?? []).Select(subject => subject.Split('.')[2]).Distinct().Order(StringComparer.Ordinal)];
    }
}
