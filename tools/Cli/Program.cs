using System.CommandLine;
using StereoSpike.Cli;

var root = new RootCommand("Depth from two event cameras with a spiking neural network. Start with: stereospike demo");
CommonOptions.AddTo(root);
root.Add(DemoCommand.Make());
root.Add(InfoCommand.Make());
root.Add(ConvertCommand.Make());
root.Add(SimulateCommand.Make());
root.Add(PrepareCommand.Make());
root.Add(TrainCommand.Make());
root.Add(AblateCommand.Make());
root.Add(EvaluateCommand.Make());
root.Add(InferCommand.Make());
root.Add(VerifyCommand.Make());
root.Add(ExportCommand.Make());
root.Add(ChipCommand.Make());
root.Add(EnergyCommand.Make());
return await Shell.RunAsync(root, args);
