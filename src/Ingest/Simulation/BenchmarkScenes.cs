namespace StereoSpike.Ingest;

/// <summary>A small, fixed set of simulated scenes that anyone can make again and compare networks on.</summary>
/// <remarks>Rooms seen by a rig of 120×90 px with a focal length of 69.3 px (a third of a DAVIS346's sensor) and a baseline of 0.2 m. No test scene shares its seed or a texture with a training scene.</remarks>
public static class BenchmarkScenes
{
    private static readonly SimulatedSet Rooms = new() { Kind = SceneKind.Room, Rig = "120x90,69.3,0.2", Seconds = 1 };

    /// <summary>The scenes to learn from.</summary>
    public static SimulatedSet Training { get; } = Rooms with { Scenes = 160, Seed = 1, Textures = TextureShare.Training };

    /// <summary>The scenes to be judged by.</summary>
    public static SimulatedSet Test { get; } = Rooms with { Scenes = 24, Seed = 100_001, Textures = TextureShare.Test };
}
