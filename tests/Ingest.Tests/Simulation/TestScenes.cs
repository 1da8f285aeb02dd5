using System.Numerics;
using StereoSpike.Ingest;

namespace StereoSpike.Tests.Simulation;

/// <summary>Scenes so plain that what the cameras must see can be worked out by hand.</summary>
internal static class TestScenes
{
    /// <summary>f·b = 100 px · 0.3 m = 30 px·m, so a depth of 3 m is a disparity of 10 px.</summary>
    public static StereoRig Rig { get; } = SimulatedRigs.Custom(new SensorSize(96, 64), 100, 0.3);

    public static SimulationSettings Ideal(double threshold = 0.2) =>
        new() { Left = EventCameraModel.Ideal(threshold), Right = EventCameraModel.Ideal(threshold), OpticalBlurPx = 1 };

    /// <summary>A wall that fills the view, of one intensity.</summary>
    public static SceneBody Wall(float depth, float intensity) =>
        Plate(40, 40, new SmoothPath { StartMetres = new Vector3(0, 0, depth) }, intensity, layer: 0);

    public static SceneBody Plate(float width, float height, SmoothPath path, float intensity, int layer = 1) =>
        new([Rectangle(width, height) with { Dark = intensity, Bright = intensity }], path, layer);

    public static SceneSurface Rectangle(float width, float height, TextureKind kind = TextureKind.Clouds) => new()
    {
        Origin = new Vector3(-width / 2, -height / 2, 0),
        EdgeU = new Vector3(width, 0, 0),
        EdgeV = new Vector3(0, height, 0),
        Texture = SceneTextures.Get(kind, 3),
    };

    public static SimulatedScene Scene(params SceneBody[] bodies) => new("test", bodies, new SmoothPath());

    public static SmoothPath Moving(Vector3 start, Vector3 velocity) => new() { StartMetres = start, MetresPerSecond = velocity };
}
