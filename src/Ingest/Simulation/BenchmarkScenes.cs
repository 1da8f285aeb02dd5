namespace StereoSpike.Ingest;

/// <summary>A small, fixed set of simulated scenes that anyone can make again and compare networks on.</summary>
/// <remarks>Boxes, panels and silhouettes that move before a wall, up to 14 px of disparity, truth at events, seen by a rig of 120×90 px with a focal length of 69.3 px (a third of a DAVIS346's sensor) and a
/// baseline of 0.2 m: stereo that a network learns in minutes on one core. No test scene shares its seed or a texture with a training scene.</remarks>
public static class BenchmarkScenes
{
    private static readonly SimulatedSet Boxes = new() { Kind = SceneKind.Boxes, Rig = "120x90,69.3,0.2", Seconds = 0.8, Truth = SimulatedTruth.PerEvent, NearestDisparityPx = 14 };

    /// <summary>The scenes to learn from.</summary>
    public static SimulatedSet Training { get; } = Boxes with { Scenes = 300, Seed = 1, Textures = TextureShare.Training };

    /// <summary>The scenes to be judged by.</summary>
    public static SimulatedSet Test { get; } = Boxes with { Scenes = 40, Seed = 100_001, Textures = TextureShare.Test };
}
