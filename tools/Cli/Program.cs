Console.WriteLine("stereospike");
