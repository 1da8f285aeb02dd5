namespace StereoSpike.Tests;

/// <summary>A test on recordings that cannot be committed: it runs where STEREOSPIKE_DATA names their folder, and is skipped with that reason elsewhere.</summary>
public sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute(string relativePath)
    {
        if (!TestData.Exists(relativePath))
        {
            Skip = $"needs {relativePath} in the folder that STEREOSPIKE_DATA names";
        }
    }
}

/// <summary>The folder of recordings that cannot be committed.</summary>
internal static class TestData
{
    private static string Root => Environment.GetEnvironmentVariable("STEREOSPIKE_DATA") ?? "";

    public static bool Exists(string relativePath) => Root.Length > 0 && System.IO.Path.Exists(Path(relativePath));

    public static string Path(string relativePath) => System.IO.Path.Combine(Root, relativePath);
}
