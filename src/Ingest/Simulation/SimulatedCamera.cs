using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>One eye of a simulated rig: renders the scene, lets its pixels answer and adds their noise.</summary>
internal sealed class SimulatedCamera
{
    /// <summary>A surface that covers this share of a pixel gives its events their disparity: an outline fires long before it covers half.</summary>
    private const float EventCoverage = 0.02f;

    private readonly SimulatedScene _scene;
    private readonly StereoRig _rig;
    private readonly Camera _camera;
    private readonly long _clockLagUs;
    private readonly SceneRenderer _renderer;
    private readonly EventPixels _pixels;
    private readonly PixelNoise _noise;

    public SimulatedCamera(SimulatedScene scene, StereoRig rig, SimulationSettings settings, Camera camera)
    {
        _scene = scene;
        _rig = rig;
        _camera = camera;
        bool right = camera == Camera.Right;
        _clockLagUs = right ? settings.RightClockLagUs : 0;
        _renderer = new SceneRenderer(PixelRays.OfSensor(rig, camera, right ? settings.RightRowOffsetPx : 0f), settings.OpticalBlurPx, EventCoverage);
        _renderer.Render(scene, Pose(scene, rig, camera, 0), 0);
        var draws = new SeededDraws(settings.Seed, (ulong)camera);
        _pixels = new EventPixels(rig.Sensor, settings.Model(camera), draws, _renderer.Intensity, _renderer.InverseDepth);
        _noise = new PixelNoise(rig.Sensor, settings.Model(camera), draws);
        NearestInverseDepth = _renderer.InverseDepth.Max();
    }

    /// <summary>The events of the last step, in time order.</summary>
    public LabelledEvents Events { get; } = new();

    /// <summary>1/z of the nearest thing in view, 1/metres.</summary>
    public float NearestInverseDepth { get; private set; }

    /// <summary>Where a camera of the rig is.</summary>
    public static RigidPose Pose(SimulatedScene scene, StereoRig rig, Camera camera, double seconds)
    {
        RigidPose left = scene.RigPath.At(seconds);
        return camera == Camera.Left ? left : left with { Position = left.ToWorld(new Vector3((float)rig.BaselineMetres, 0, 0)) };
    }

    /// <summary>Moves on to an instant.</summary>
    /// <param name="fromUs">The last instant, µs.</param>
    /// <param name="toUs">This one, later.</param>
    public void Advance(long fromUs, long toUs)
    {
        double seconds = toUs * 1e-6;
        _renderer.Render(_scene, Pose(_scene, _rig, _camera, seconds), seconds);
        Events.Clear();
        _pixels.Advance(_renderer.Intensity, _renderer.InverseDepth, fromUs, toUs, (float)_rig.FocalBaselinePxMetres, Events);
        NearestInverseDepth = _pixels.NearestInverseDepth;
        _noise.AddUntil(toUs, Events);
        Events.Sort(fromUs);
        Events.Delay(_clockLagUs);
    }
}
