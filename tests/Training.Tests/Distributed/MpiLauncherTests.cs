namespace StereoSpike.Training.Tests.Distributed;

public class MpiLauncherTests
{
    [Theory]
    [InlineData("")]
    [InlineData("OMPI_COMM_WORLD_SIZE=1")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=4")]                    // a batch script's own shell, which srun did not start
    [InlineData("OMPI_COMM_WORLD_SIZE=4 STEREOSPIKE_MPI=none")]
    public void A_process_that_no_launcher_started_with_others_is_on_its_own(string environment) => Assert.Null(Find(environment));

    [Theory]
    [InlineData("OMPI_COMM_WORLD_SIZE=4 PMIX_RANK=1", 4, "libmpi.so.40")]
    [InlineData("PMI_SIZE=3 PMI_RANK=0", 3, "libmpich.so.12")]
    [InlineData("SLURM_STEP_NUM_TASKS=2 PMIX_RANK=1", 2, "libmpi.so.40")]
    [InlineData("PMI_SIZE=3 STEREOSPIKE_MPI=/opt/mpi/libmpi.so", 3, "/opt/mpi/libmpi.so")]
    public void A_launcher_is_known_by_its_variables_and_its_library_comes_first(string environment, int processes, string library)
    {
        MpiLauncher launcher = Find(environment)!;

        Assert.Equal((processes, library), (launcher.Processes, launcher.Libraries[0]));
    }

    [Fact]
    public void Slurm_without_MPI_is_refused_with_the_option_that_helps() =>
        Assert.Contains("srun --mpi=pmix", Assert.Throws<NotSupportedException>(() => Find("SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=1")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_library_that_cannot_be_loaded_is_named_with_the_launcher() => Assert.StartsWith(
        "Open MPI's mpirun started 2 processes, and no MPI library can be loaded here: tried /nowhere/libmpi.so. Install",
        Assert.Throws<DllNotFoundException>(() => Find("OMPI_COMM_WORLD_SIZE=2 STEREOSPIKE_MPI=/nowhere/libmpi.so")!.Start()).Message, StringComparison.Ordinal);

    private static MpiLauncher? Find(string environment)
    {
        Dictionary<string, string> variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return MpiLauncher.Find(name => variables.GetValueOrDefault(name));
    }
}
