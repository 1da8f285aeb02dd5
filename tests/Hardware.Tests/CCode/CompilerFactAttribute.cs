namespace StereoSpike.Hardware.Tests;

/// <summary>A test that compiles C: it runs where a program <c>cc</c> is on the path, and is skipped with that reason elsewhere.</summary>
public sealed class CompilerFactAttribute : FactAttribute
{
    public CompilerFactAttribute()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "cc"))))
        {
            Skip = "needs a C compiler, cc, on the path";
        }
    }
}
