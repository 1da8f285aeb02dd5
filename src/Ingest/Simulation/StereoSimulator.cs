using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Lets a stereo rig of event cameras look at a scene, in memory that does not grow with time.</summary>
/// <remarks>Events and labels depend on scene, rig and settings alone: not on threads, and not on who takes them.</remarks>
public static class StereoSimulator
{
    /// <summary>Shortest time between two renderings, µs.</summary>
    private const long MinimumStepUs = 200;

    /// <summary>Smallest sensor: one tile of the renderer.</summary>
    private static readonly SensorSize SmallestSensor = new(PixelRays.TileWidth, PixelRays.TileHeight);

    /// <summary>Simulates [0, duration).</summary>
    /// <param name="scene">What stands and moves before the rig.</param>
    /// <param name="rig">The cameras; a rectification map makes a camera's events raw, as its lens bends them.</param>
    /// <param name="settings">How they behave.</param>
    /// <param name="durationUs">How long, µs, at least 1.</param>
    /// <param name="sink">Takes events and labels.</param>
    /// <param name="progress">Told the microseconds done; or null.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="ArgumentException">The sensor is smaller than 16×8 px.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The duration is less than 1.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Run(
        SimulatedScene scene, StereoRig rig, SimulationSettings settings, long durationUs, ISimulationSink sink,
        IWorkProgress? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(rig);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(sink);
        Guard.AtLeast(durationUs, 1L);
        if (rig.Sensor.Width < SmallestSensor.Width || rig.Sensor.Height < SmallestSensor.Height)
        {
            throw new ArgumentException($"The sensor is {rig.Sensor} px; the simulator needs at least {SmallestSensor}.", nameof(rig));
        }

        sink = settings.Truth switch
        {
            SimulatedTruth.PerEvent => new EventTruth(rig, settings.LabelPeriodUs, sink),
            SimulatedTruth.Lidar => new LidarTruth(settings, sink),
            _ => sink,
        };
        var left = new SimulatedCamera(scene, rig, settings, Camera.Left);
        var right = new SimulatedCamera(scene, rig, settings, Camera.Right);
        var labels = new SceneRenderer(PixelRays.Rectified(rig), blurPx: 1f, labelCoverage: 0.5f);
        for (long now = 0, labelled = 0; now < durationUs;)
        {
            cancellation.ThrowIfCancellationRequested();
            long nextLabel = labelled + settings.LabelPeriodUs;
            float nearest = Math.Max(left.NearestInverseDepth, right.NearestInverseDepth);
            long next = Math.Min(Math.Min(now + StepUs(scene, rig, settings, now, nearest), nextLabel), durationUs);
            Advance(left, right, now, next, settings.TwoThreads);
            Hand(left, Camera.Left, sink);
            Hand(right, Camera.Right, sink);
            now = next;
            if (now == nextLabel)
            {
                labelled = now;
                sink.TakeDepth(Camera.Left, now, Depth(labels, scene, rig, Camera.Left, now));
                sink.TakeDepth(Camera.Right, now, Depth(labels, scene, rig, Camera.Right, now));
            }

            progress?.Report(now, durationUs);
        }

        sink.Complete();
    }

    private static void Advance(SimulatedCamera left, SimulatedCamera right, long fromUs, long toUs, bool twoThreads)
    {
        if (twoThreads)
        {
            Parallel.Invoke(() => left.Advance(fromUs, toUs), () => right.Advance(fromUs, toUs));
        }
        else
        {
            left.Advance(fromUs, toUs);
            right.Advance(fromUs, toUs);
        }
    }

    private static void Hand(SimulatedCamera from, Camera camera, ISimulationSink sink)
    {
        if (from.Events.Count > 0)
        {
            sink.TakeEvents(camera, from.Events.Events, from.Events.DisparitiesPx);
        }
    }

    /// <summary>The time in which the fastest part of the picture moves as far as it may.</summary>
    private static long StepUs(SimulatedScene scene, StereoRig rig, SimulationSettings settings, long nowUs, float nearestInverseDepth)
    {
        double speed = scene.ImageSpeedPxPerSecond(nowUs * 1e-6, rig.FocalPx, nearestInverseDepth);
        return (long)Math.Clamp(settings.MaximumMotionPx / speed * 1e6, MinimumStepUs, settings.MaximumStepUs);
    }

    private static DepthMap Depth(SceneRenderer labels, SimulatedScene scene, StereoRig rig, Camera camera, long timeUs)
    {
        labels.Render(scene, SimulatedCamera.Pose(scene, rig, camera, timeUs * 1e-6), timeUs * 1e-6);
        var metres = new float[rig.Sensor.Pixels];
        for (int i = 0; i < metres.Length; i++)
        {
            float inverse = labels.InverseDepth[i];
            metres[i] = inverse > 0f ? 1f / inverse : float.NaN;
        }

        return new DepthMap(rig.Sensor, metres);
    }
}
